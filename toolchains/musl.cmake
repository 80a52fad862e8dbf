# What the three targets have in common: a static musl build, either with Debian's glibc-targeting cross g++ bent towards
# Debian's musl-dev, or with a musl cross compiler of the user's own.
#
# The file that includes this one sets MUSL_PROCESSOR (as `g++ -dumpmachine` begins), MUSL_DEBIAN (Debian's name for the
# glibc target) and MUSL_TRIPLE (its name for the musl one).
#
# A user's own compiler is named by its prefix, in the cache or in the environment:
#   cmake --preset aarch64 -DMICROCTR_CROSS=aarch64-linux-musl-
#   MICROCTR_CROSS=/opt/cross/bin/aarch64-linux-musl- cmake --workflow --preset aarch64
include_guard()

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${MUSL_PROCESSOR})
# CMake reads this file again in its own test projects, which do not see the cache.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MICROCTR_CROSS)
set(MICROCTR_CROSS "$ENV{MICROCTR_CROSS}" CACHE STRING "Prefix of a musl cross compiler; empty: Debian's g++ with musl-dev")

if(MICROCTR_CROSS)
  set(CMAKE_CXX_COMPILER ${MICROCTR_CROSS}g++)
else()
  set(CMAKE_CXX_COMPILER ${MUSL_DEBIAN}-g++)
endif()

function(musl_ask OUT)
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} ${ARGN} OUTPUT_VARIABLE answer RESULT_VARIABLE status
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${CMAKE_CXX_COMPILER} cannot be run; `toolchains/setup` installs Debian's compilers, "
                        "MICROCTR_CROSS names the prefix of your own")
  endif()
  set(${OUT} "${answer}" PARENT_SCOPE)
endfunction()

musl_ask(machine -dumpmachine)
if(NOT machine MATCHES "^${MUSL_PROCESSOR}")
  message(FATAL_ERROR "${CMAKE_CXX_COMPILER} compiles for ${machine}, this preset is for ${MUSL_PROCESSOR}")
endif()

# GCC 12 does not know -static-pie on ARM (LINUX_TARGET_LINK_SPEC lacks it): the driver then links the shared libc and names
# a dynamic linker, and the program crashes. Said to the linker directly it is right on all three.
set(musl_link "-static-pie -Wl,-static,--no-dynamic-linker,-z,text")

if(MICROCTR_CROSS)
  # Its own start files and libc; -nodefaultlibs keeps libstdc++ out, so that a use of it is a link error.
  set(CMAKE_EXE_LINKER_FLAGS_INIT "${musl_link} -nodefaultlibs")
  set(CMAKE_CXX_STANDARD_LIBRARIES "-Wl,--start-group -lc -lgcc -Wl,--end-group")
  return()
endif()

set(musl_headers /usr/include/${MUSL_TRIPLE})
set(musl_lib /usr/lib/${MUSL_TRIPLE})
if(NOT EXISTS ${musl_lib}/rcrt1.o)
  message(FATAL_ERROR "${musl_lib}/rcrt1.o is missing: run toolchains/setup")
endif()

# The kernel's headers stand among glibc's. Only they may be seen: a glibc header that musl lacks would compile, wrongly.
set(kernel_headers ${CMAKE_CURRENT_LIST_DIR}/../build/kernel-headers/${MUSL_DEBIAN})
if(NOT EXISTS ${kernel_headers}/asm)
  if(EXISTS /usr/${MUSL_DEBIAN}/include/linux)
    set(kernel_roots /usr/${MUSL_DEBIAN}/include)
  else()
    set(kernel_roots /usr/include /usr/include/${MUSL_DEBIAN})
  endif()
  file(MAKE_DIRECTORY ${kernel_headers})
  foreach(root IN LISTS kernel_roots)
    foreach(folder linux asm-generic mtd asm)
      if(EXISTS ${root}/${folder})
        file(CREATE_LINK ${root}/${folder} ${kernel_headers}/${folder} SYMBOLIC)
      endif()
    endforeach()
  endforeach()
endif()

musl_ask(gcc_version -dumpversion)
string(REGEX MATCH "^[0-9]+" gcc_major ${gcc_version})
musl_ask(gcc_headers -print-file-name=include)
if(EXISTS /usr/${MUSL_DEBIAN}/include/c++/${gcc_major})  # a cross compiler
  set(cxx_headers /usr/${MUSL_DEBIAN}/include/c++/${gcc_major} /usr/${MUSL_DEBIAN}/include/c++/${gcc_major}/${MUSL_DEBIAN})
else()  # the machine's own
  set(cxx_headers /usr/include/c++/${gcc_major} /usr/include/${MUSL_DEBIAN}/c++/${gcc_major})
endif()

# The order counts: libstdc++ wraps musl, musl comes before GCC's own headers, the kernel's last.
set(musl_search "")
foreach(folder IN LISTS cxx_headers ITEMS ${musl_headers} ${gcc_headers} ${kernel_headers})
  string(APPEND musl_search " -isystem ${folder}")
endforeach()
# __GLIBC_PREREQ: this libstdc++ was configured for glibc and asks for its version.
# _FORTIFY_SOURCE: some distributions' compilers set it, and musl has no __*_chk functions.
set(CMAKE_CXX_FLAGS_INIT "-nostdinc -nostdinc++${musl_search} '-D__GLIBC_PREREQ(a,b)=0' -U_FORTIFY_SOURCE")
set(CMAKE_CXX_LINK_EXECUTABLE
    "<CMAKE_CXX_COMPILER> <FLAGS> <CMAKE_CXX_LINK_FLAGS> <LINK_FLAGS> ${musl_link} -nostdlib ${musl_lib}/rcrt1.o \
${musl_lib}/crti.o <OBJECTS> -o <TARGET> <LINK_LIBRARIES> -L${musl_lib} -Wl,--start-group -lc -lgcc -Wl,--end-group \
${musl_lib}/crtn.o")
