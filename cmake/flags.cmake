# Two sets of flags: common_flags for everything, product_flags for the program and its library but not for its tests.

add_library(common_flags INTERFACE)
add_library(product_flags INTERFACE)

target_compile_options(common_flags INTERFACE -Wall -Wextra -Wshadow -Wconversion -Werror)
target_compile_options(product_flags INTERFACE -fno-exceptions -fno-rtti)

if(MICROCTR_SHIPPED)
  set(CMAKE_CXX_FLAGS_RELEASE "-Oz -g -DNDEBUG")  # -g goes into microctr.debug
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
  # Guards every function with a buffer on its stack, because buffers are TextBuffer or Bytes (base/bytes.h says why).
  # Functions that only give away an address (-fstack-protector-strong) would be another 4 KB.
  set(stack_protector -fstack-protector)
  # max-inline-insns-size: what is as small as a call is inlined, which saves 4 KB here (GCC's default for size is 0).
  target_compile_options(product_flags INTERFACE
    --param=max-inline-insns-size=1
    -fPIE -fvisibility=hidden -ffunction-sections -fdata-sections
    ${stack_protector}
    -fno-asynchronous-unwind-tables -fno-unwind-tables  # nothing unwinds
    -fno-threadsafe-statics  # one thread; the guards live in libstdc++
    -fno-ident)
  # Link-time optimisation generates the code when it links, and takes these from the link's command line.
  # In one partition it sees everything at once: 2 KB, and the same output on any number of processors.
  target_link_options(product_flags INTERFACE
    -flto-partition=one --param=max-inline-insns-size=1
    ${stack_protector} -fno-asynchronous-unwind-tables -fno-unwind-tables
    -Wl,--gc-sections,-z,relro,-z,now,-z,noexecstack,--build-id,--hash-style=gnu,-z,noseparate-code)
  # A call in the place of a return would repeat the check of the stack protector there; a register that is saved around
  # a call costs more than one that is kept free.
  target_compile_options(product_flags INTERFACE -fno-optimize-sibling-calls -fno-caller-saves)
  target_link_options(product_flags INTERFACE -fno-optimize-sibling-calls -fno-caller-saves)
  if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    # The value that the stack protector compares is found by two bytes less than in the thread's block; the other targets
    # have it there anyway.
    target_compile_options(product_flags INTERFACE -mstack-protector-guard=global)
    target_link_options(product_flags INTERFACE -mstack-protector-guard=global)
  endif()
  # RELRO ends on a page, and the linker pads up to the largest page that it must expect. x86_64 and 32-bit ARM have
  # 4 KiB pages only. aarch64 keeps the linker's 64 KiB: kernels with 16 KiB pages (Raspberry Pi 5) and 64 KiB pages refuse
  # to map a smaller alignment. The padding is zeros, which never reach memory and which squashfs does not store.
  if(NOT CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
    target_link_options(product_flags INTERFACE -Wl,-z,max-page-size=4096)
  endif()
endif()

if(MICROCTR_SANITIZE)
  # vptr needs the type information that the product does not have.
  set(sanitize -fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(common_flags INTERFACE ${sanitize})
  target_link_options(common_flags INTERFACE ${sanitize})
endif()

if(MICROCTR_FUZZ)
  target_compile_options(common_flags INTERFACE -fsanitize=fuzzer-no-link
    -Wno-error -Wno-non-pod-varargs)  # GCC is the judge of warnings
endif()

if(MICROCTR_COVERAGE)
  target_compile_options(common_flags INTERFACE --coverage -O0 -fno-inline)
  target_link_options(common_flags INTERFACE --coverage)
endif()
