# Unit tests (one GoogleTest program) and golden tests. The tests keep exceptions and RTTI: GoogleTest wants them.
find_package(GTest REQUIRED)
include(GoogleTest)

file(GLOB unit_sources CONFIGURE_DEPENDS tests/unit/*.cpp)
if(unit_sources)
  add_executable(unit_tests ${unit_sources})
  target_link_libraries(unit_tests PRIVATE microctr_core GTest::gtest GTest::gtest_main)
  target_compile_definitions(unit_tests PRIVATE MICROCTR_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  gtest_discover_tests(unit_tests DISCOVERY_MODE PRE_TEST)
endif()

if(EXISTS ${CMAKE_SOURCE_DIR}/tests/golden/run)
  add_test(NAME golden COMMAND ${CMAKE_SOURCE_DIR}/tests/golden/run $<TARGET_FILE:microctr>)
endif()
