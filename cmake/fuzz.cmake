# One libFuzzer program for each tests/fuzz/NAME_fuzz.cpp. Wants Debian's clang and libclang-rt-dev, which toolchains/setup
# leaves out: CI runs the same targets for a moment as unit tests.
add_custom_target(fuzzers)
file(GLOB fuzz_sources CONFIGURE_DEPENDS tests/fuzz/*_fuzz.cpp)
foreach(source IN LISTS fuzz_sources)
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} EXCLUDE_FROM_ALL ${source})
  target_link_libraries(${name} PRIVATE microctr_core)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers ${name})
endforeach()
