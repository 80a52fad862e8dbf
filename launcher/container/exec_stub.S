// The program that our process becomes in order to become the container's: what that one can reach of us through
// /proc/self/exe, an interpreter line or an ELF interpreter is this, sealed in memory, and not our file (CVE-2019-5736).
//
// It is data of ours, a whole ELF file: sealed_program.cpp writes it into a memfd. Position independent, no data, no
// stack of its own. Its arguments: the path to execute, a note, and the words of the program. Descriptor 4 is the channel
// of child.h. It makes exec close the channel and executes the path; if that fails, the negative errno goes over the
// first four bytes of the note, and the note into the channel, with the NUL at its end. The kernel puts one argument
// behind the other, so that the next one's address tells the note's length.
//
// Executed by anybody else it finds no channel there, and ends.

#define channel 4
#define status 127
#define set_flags 2   // F_SETFD
#define close_on_exec 1  // FD_CLOEXEC
#define least_arguments 3

#if defined(__x86_64__)
#define machine 62  // EM_X86_64
#define machine_flags 0
#elif defined(__aarch64__)
#define machine 183  // EM_AARCH64
#define machine_flags 0
#elif defined(__arm__)
#define machine 40  // EM_ARM
#define machine_flags 0x05000000  // EF_ARM_EABI_VER5
#else
#error "this architecture needs its own few instructions here"
#endif

#if defined(__arm__)
#define address .4byte
#define class 1  // ELFCLASS32
#define header_size 52
#define program_header_size 32
#else
#define address .8byte
#define class 2  // ELFCLASS64
#define header_size 64
#define program_header_size 56
#endif

#define largest_page 65536

  .section .rodata.exec_stub, "a", %progbits
  .balign 8
  .global exec_stub_begin
  .hidden exec_stub_begin
  .global exec_stub_end
  .hidden exec_stub_end

exec_stub_begin:
  .byte 0x7f, 'E', 'L', 'F', class, 1, 1, 0  // little endian, version 1
  .8byte 0
  .2byte 3, machine  // ET_DYN: the kernel chooses where
  .4byte 1
  address code - exec_stub_begin
  address header_size  // of the program headers, behind this one
  address 0
  .4byte machine_flags
  .2byte header_size, program_header_size, 2, 0, 0, 0

  .4byte 1  // PT_LOAD: the whole file
#if !defined(__arm__)
  .4byte 5  // PF_R | PF_X
#endif
  address 0, 0, 0
  address exec_stub_end - exec_stub_begin, exec_stub_end - exec_stub_begin
#if defined(__arm__)
  .4byte 5
#endif
  address largest_page

  .4byte 0x6474e551  // PT_GNU_STACK: without it the stack would be executable
#if !defined(__arm__)
  .4byte 6  // PF_R | PF_W
#endif
  address 0, 0, 0, 0, 0
#if defined(__arm__)
  .4byte 6
#endif
  address 16

  .balign 4
#if defined(__x86_64__)
code:
  mov (%rsp), %rbx
  cmp $least_arguments, %rbx
  jl 2f
  mov $channel, %edi
  mov $set_flags, %esi
  mov $close_on_exec, %edx
  mov $72, %eax  // fcntl
  syscall
  test %eax, %eax
  js 1f
  mov 8(%rsp), %rdi
  lea 24(%rsp), %rsi
  lea 16(%rsp, %rbx, 8), %rdx
  mov $59, %eax  // execve
  syscall
1:
  mov 16(%rsp), %rsi
  mov 24(%rsp), %rdx
  sub %rsi, %rdx
  mov %eax, (%rsi)
  mov $channel, %edi
  mov $1, %eax  // write
  syscall
2:
  mov $status, %edi
  mov $231, %eax  // exit_group
  syscall
#elif defined(__aarch64__)
code:
  ldr x9, [sp]
  cmp x9, #least_arguments
  b.lt 2f
  mov x0, #channel
  mov x1, #set_flags
  mov x2, #close_on_exec
  mov x8, #25  // fcntl
  svc #0
  tbnz x0, #63, 1f
  ldr x0, [sp, #8]
  add x1, sp, #24
  add x2, sp, #16
  add x2, x2, x9, lsl #3
  mov x8, #221  // execve
  svc #0
1:
  ldr x1, [sp, #16]
  ldr x2, [sp, #24]
  sub x2, x2, x1
  str w0, [x1]
  mov x0, #channel
  mov x8, #64  // write
  svc #0
2:
  mov x0, #status
  mov x8, #94  // exit_group
  svc #0
#else
  .arm
code:
  ldr r4, [sp]
  cmp r4, #least_arguments
  blt 2f
  mov r0, #channel
  mov r1, #set_flags
  mov r2, #close_on_exec
  mov r7, #221  // fcntl64
  svc #0
  cmp r0, #0
  blt 1f
  ldr r0, [sp, #4]
  add r1, sp, #12
  add r2, sp, #8
  add r2, r2, r4, lsl #2
  mov r7, #11  // execve
  svc #0
1:
  ldr r1, [sp, #8]
  ldr r2, [sp, #12]
  sub r2, r2, r1
  str r0, [r1]
  mov r0, #channel
  mov r7, #4  // write
  svc #0
2:
  mov r0, #status
  mov r7, #248  // exit_group
  svc #0
#endif
exec_stub_end:

  .section .note.GNU-stack, "", %progbits
