# aarch64, static, musl. See musl.cmake for a compiler of your own.
set(MUSL_PROCESSOR aarch64)
set(MUSL_DEBIAN aarch64-linux-gnu)
set(MUSL_TRIPLE aarch64-linux-musl)
include(${CMAKE_CURRENT_LIST_DIR}/musl.cmake)
