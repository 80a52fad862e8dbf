# x86_64, static, musl. See musl.cmake for a compiler of your own.
set(MUSL_PROCESSOR x86_64)
set(MUSL_DEBIAN x86_64-linux-gnu)
set(MUSL_TRIPLE x86_64-linux-musl)
include(${CMAKE_CURRENT_LIST_DIR}/musl.cmake)
