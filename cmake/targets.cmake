# What a release build does after linking, and the targets format, lint, check, size, coverage, fuzz, bench.

# Takes the debug information out of the program into a file beside it.
function(ship TARGET)
  set(program $<TARGET_FILE:${TARGET}>)
  add_custom_command(TARGET ${TARGET} POST_BUILD VERBATIM
    COMMAND ${CMAKE_OBJCOPY} --only-keep-debug ${program} ${program}.debug
    COMMAND ${CMAKE_OBJCOPY} --strip-all --remove-section=.comment ${program}
    COMMAND ${CMAKE_OBJCOPY} --add-gnu-debuglink=${program}.debug ${program}
    BYPRODUCTS ${TARGET}.debug)
endfunction()

add_custom_target(format USES_TERMINAL COMMAND ${CMAKE_SOURCE_DIR}/tests/lint/run --fix)
add_custom_target(lint USES_TERMINAL COMMAND ${CMAKE_SOURCE_DIR}/tests/lint/run)
add_custom_target(size USES_TERMINAL COMMAND size -A -d $<TARGET_FILE:microctr> DEPENDS microctr)

if(MICROCTR_TESTS)
  add_custom_target(check USES_TERMINAL COMMAND ctest --preset host COMMAND ${CMAKE_SOURCE_DIR}/tests/lint/run
                    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} DEPENDS microctr)
  if(TARGET unit_tests)
    add_dependencies(check unit_tests)
  endif()
endif()

# In a build folder of its own: `cmake --build build/host --target coverage`.
add_custom_target(coverage USES_TERMINAL WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
  COMMAND ${CMAKE_COMMAND} --workflow --preset coverage
  COMMAND ${CMAKE_SOURCE_DIR}/cmake/coverage build/coverage)

# Each fuzzer for a minute; build/fuzz/NAME_fuzz runs one for longer.
add_custom_target(fuzz USES_TERMINAL WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
  COMMAND ${CMAKE_COMMAND} --workflow --preset fuzz
  COMMAND ${CMAKE_SOURCE_DIR}/cmake/fuzz build/fuzz 60)

# What the shipped program costs, beside the floor and its peers: docs/benchmark.md. As root; never fails on a time.
add_custom_target(bench USES_TERMINAL WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
  COMMAND ${CMAKE_COMMAND} --workflow --preset x86_64
  COMMAND ${CMAKE_SOURCE_DIR}/tests/bench/run)
