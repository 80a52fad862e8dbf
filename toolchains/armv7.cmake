# armv7, static, musl. See musl.cmake for a compiler of your own.
set(MUSL_PROCESSOR arm)
set(MUSL_DEBIAN arm-linux-gnueabihf)
set(MUSL_TRIPLE arm-linux-musleabihf)
include(${CMAKE_CURRENT_LIST_DIR}/musl.cmake)
