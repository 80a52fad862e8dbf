// The program that our process becomes in order to become the container's: what that one can reach of us through
// /proc/self/exe, an interpreter line or an ELF interpreter is this, sealed in memory, and not our file (CVE-2019-5736).
//
// It is data of ours, a whole ELF file: sealed_program.cpp writes it into a memfd. Position independent, no data, no
// stack of its own. Its arguments: the path to execute, a note, and the words of the program. Descriptor 4 is the channel
// of descriptor_numbers.h. It makes exec close the channel and executes the path; if that fails, the negative errno goes
// over the first four bytes of the note, and the note into the channel, with the NUL at its end. The kernel puts one
// argument behind the other, so that the next one's address tells the note's length.
//
// Where these four bytes are "init" it stays, as a reaper (init = yes), and a child of its executes the path. It blocks
// all signals and reads them from a signalfd: what somebody sends it goes on to the child, SIGCHLD makes it reap whatever
// has ended, and when that was the child it ends with the child's status. Blocked signals reach the first process of a
// pid namespace, which would not get them otherwise (sig_ignored() of the kernel), and /proc/PID/status shows that it
// takes them, which it would not of sigwait. What a terminal sends goes to the child as well, which is in the same group;
// but a hang-up only to the leader of the session. It tries its calls beforehand: a filter that forbids one would leave
// it deaf. Then errno + 4096 is what it says.
//
// Executed by anybody else it finds no channel there, and ends.

#define channel 4
#define ready 3  // of `ready = fd`: the child's alone, so that its end is seen; or free, and the signalfd's
#define status 126
#define set_flags 2   // F_SETFD
#define close_on_exec 1  // FD_CLOEXEC
#define least_arguments 3

#define reaper_mark 0x74696e69  // "init"
#define reaper_fault 4096       // sealed_program.cpp knows it
#define set_name 15             // PR_SET_NAME
#define be_reaper 36            // PR_SET_CHILD_SUBREAPER: without a pid namespace it is not the first process
#define die_with_parent 1       // PR_SET_PDEATHSIG: the same
#define sigkill 9
#define sigchld 17
#define sighup 1
#define no_hang 1   // WNOHANG
#define set_mask 2  // SIG_SETMASK
#define close_descriptor 0x80000  // SFD_CLOEXEC
#define echild 10
// On the stack of the reaper, from the lower end: all signals, those that were blocked, a signalfd_siginfo, a status.
#define before 8
#define info 16
#define info_size 128
#define info_code 24
#define ended 144
#define room 160

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
  mov %rsp, %rbp
  mov (%rbp), %rbx
  cmp $least_arguments, %rbx
  jl 2f
  mov $channel, %edi
  mov $set_flags, %esi
  mov $close_on_exec, %edx
  mov $72, %eax  // fcntl
  syscall
  test %eax, %eax
  js 1f
  mov 16(%rbp), %rsi
  cmpl $reaper_mark, (%rsi)
  je reaper
execute:
  mov 8(%rbp), %rdi
  lea 24(%rbp), %rsi
  lea 16(%rbp, %rbx, 8), %rdx
  mov $59, %eax  // execve
  syscall
1:
  mov 16(%rbp), %rsi
  mov 24(%rbp), %rdx
  sub %rsi, %rdx
  mov %eax, (%rsi)
  mov $channel, %edi
  mov $1, %eax  // write
  syscall
2:
  mov $status, %edi
3:
  mov $231, %eax  // exit_group
  syscall

reaper:
  sub $room, %rsp
  movq $-1, (%rsp)
  mov $set_name, %edi
  lea name(%rip), %rsi
  mov $157, %eax  // prctl
  syscall
  mov $be_reaper, %edi
  mov $1, %esi
  mov $157, %eax
  syscall
  test %eax, %eax
  js 4f
  mov $-1, %edi
  mov %rsp, %rsi
  mov $8, %edx
  mov $close_descriptor, %r10d
  mov $289, %eax  // signalfd4
  syscall
  test %eax, %eax
  js 4f
  mov %eax, %r13d
  mov $-1, %rdi
  xor %esi, %esi
  mov $no_hang, %edx
  xor %r10d, %r10d
  mov $61, %eax  // wait4
  syscall
  cmp $-echild, %eax
  je 5f
  test %eax, %eax
  js 4f
5:
  xor %edi, %edi  // its own group
  xor %esi, %esi
  mov $62, %eax  // kill
  syscall
  test %eax, %eax
  js 4f
  mov $set_mask, %edi
  mov %rsp, %rsi
  lea before(%rsp), %rdx
  mov $8, %r10d
  mov $14, %eax  // rt_sigprocmask
  syscall
  test %eax, %eax
  js 4f
  mov $sigchld, %edi
  xor %esi, %esi
  xor %edx, %edx
  xor %r10d, %r10d
  xor %r8d, %r8d
  mov $56, %eax  // clone
  syscall
  test %eax, %eax
  js 4f
  jz child
  mov %eax, %r12d
  mov $channel, %edi
  mov $3, %eax  // close
  syscall
  mov $ready, %edi
  cmp %edi, %r13d
  je next
  mov $3, %eax
  syscall
next:
  mov %r13d, %edi
  lea info(%rsp), %rsi
  mov $info_size, %edx
  xor %eax, %eax  // read
  syscall
  cmp $info_size, %eax
  jne 2b
  mov info(%rsp), %esi
  cmp $sigchld, %esi
  je reap
  cmp $sighup, %esi
  je 6f
  cmpl $0, info_code(%rsp)
  jg next
6:
  mov %r12d, %edi
  mov $62, %eax  // kill
  syscall
  jmp next
reap:
  mov $-1, %rdi
  lea ended(%rsp), %rsi
  mov $no_hang, %edx
  xor %r10d, %r10d
  mov $61, %eax  // wait4
  syscall
  test %eax, %eax
  jle next
  cmp %r12d, %eax
  jne reap
  movzbl ended + 1(%rsp), %edi
  mov ended(%rsp), %eax
  and $0x7f, %eax
  jz 3b
  lea 128(%rax), %edi
  jmp 3b
4:
  sub $reaper_fault, %eax
  jmp 1b
child:
  mov $die_with_parent, %edi
  mov $sigkill, %esi
  mov $157, %eax  // prctl
  syscall
  mov $set_mask, %edi
  lea before(%rsp), %rsi
  xor %edx, %edx
  mov $8, %r10d
  mov $14, %eax  // rt_sigprocmask
  syscall
  jmp execute
#elif defined(__aarch64__)
code:
  mov x19, sp
  ldr x20, [x19]
  cmp x20, #least_arguments
  b.lt 2f
  mov x0, #channel
  mov x1, #set_flags
  mov x2, #close_on_exec
  mov x8, #25  // fcntl
  svc #0
  tbnz x0, #63, 1f
  ldr x1, [x19, #16]
  ldr w1, [x1]
  ldr w2, mark
  cmp w1, w2
  b.eq reaper
execute:
  ldr x0, [x19, #8]
  add x1, x19, #24
  add x2, x19, #16
  add x2, x2, x20, lsl #3
  mov x8, #221  // execve
  svc #0
1:
  ldr x1, [x19, #16]
  ldr x2, [x19, #24]
  sub x2, x2, x1
  str w0, [x1]
  mov x0, #channel
  mov x8, #64  // write
  svc #0
2:
  mov x0, #status
3:
  mov x8, #94  // exit_group
  svc #0

reaper:
  sub sp, sp, #room
  mov x0, #-1
  str x0, [sp]
  mov x0, #set_name
  adr x1, name
  mov x8, #167  // prctl
  svc #0
  mov x0, #be_reaper
  mov x1, #1
  mov x8, #167
  svc #0
  tbnz x0, #63, 4f
  mov x0, #-1
  mov x1, sp
  mov x2, #8
  mov x3, #close_descriptor
  mov x8, #74  // signalfd4
  svc #0
  tbnz x0, #63, 4f
  mov x22, x0
  mov x0, #-1
  mov x1, #0
  mov x2, #no_hang
  mov x3, #0
  mov x8, #260  // wait4
  svc #0
  cmn x0, #echild
  b.eq 5f
  tbnz x0, #63, 4f
5:
  mov x0, #0  // its own group
  mov x1, #0
  mov x8, #129  // kill
  svc #0
  tbnz x0, #63, 4f
  mov x0, #set_mask
  mov x1, sp
  add x2, sp, #before
  mov x3, #8
  mov x8, #135  // rt_sigprocmask
  svc #0
  tbnz x0, #63, 4f
  mov x0, #sigchld
  mov x1, #0
  mov x2, #0
  mov x3, #0
  mov x4, #0
  mov x8, #220  // clone
  svc #0
  tbnz x0, #63, 4f
  cbz x0, child
  mov x21, x0
  mov x0, #channel
  mov x8, #57  // close
  svc #0
  mov x0, #ready
  cmp x0, x22
  b.eq next
  svc #0
next:
  mov x0, x22
  add x1, sp, #info
  mov x2, #info_size
  mov x8, #63  // read
  svc #0
  cmp x0, #info_size
  b.ne 2b
  ldr w1, [sp, #info]
  cmp w1, #sigchld
  b.eq reap
  cmp w1, #sighup
  b.eq 6f
  ldr w2, [sp, #info_code]
  cmp w2, #0
  b.gt next
6:
  mov x0, x21
  mov x8, #129  // kill
  svc #0
  b next
reap:
  mov x0, #-1
  add x1, sp, #ended
  mov x2, #no_hang
  mov x3, #0
  mov x8, #260  // wait4
  svc #0
  cmp x0, #0
  b.le next
  cmp x0, x21
  b.ne reap
  ldr w1, [sp, #ended]
  ubfx w0, w1, #8, #8
  ands w1, w1, #0x7f
  b.eq 3b
  add w0, w1, #128
  b 3b
4:
  sub x0, x0, #reaper_fault
  b 1b
child:
  mov x0, #die_with_parent
  mov x1, #sigkill
  mov x8, #167  // prctl
  svc #0
  mov x0, #set_mask
  add x1, sp, #before
  mov x2, #0
  mov x3, #8
  mov x8, #135  // rt_sigprocmask
  svc #0
  b execute
  .balign 4
mark:
  .4byte reaper_mark
#else
  .arm
code:
  mov r11, sp
  ldr r10, [r11]
  cmp r10, #least_arguments
  blt 2f
  mov r0, #channel
  mov r1, #set_flags
  mov r2, #close_on_exec
  mov r7, #221  // fcntl64
  svc #0
  cmp r0, #0
  blt 1f
  ldr r1, [r11, #8]
  ldr r1, [r1]
  ldr r2, mark
  cmp r1, r2
  beq reaper
execute:
  ldr r0, [r11, #4]
  add r1, r11, #12
  add r2, r11, #8
  add r2, r2, r10, lsl #2
  mov r7, #11  // execve
  svc #0
1:
  ldr r1, [r11, #8]
  ldr r2, [r11, #12]
  sub r2, r2, r1
  str r0, [r1]
  mov r0, #channel
  mov r7, #4  // write
  svc #0
2:
  mov r0, #status
3:
  mov r7, #248  // exit_group
  svc #0

reaper:
  sub sp, sp, #room
  mvn r0, #0
  str r0, [sp]
  str r0, [sp, #4]
  mov r0, #set_name
  adr r1, name
  mov r7, #172  // prctl
  svc #0
  mov r0, #be_reaper
  mov r1, #1
  mov r7, #172
  svc #0
  cmp r0, #0
  blt 4f
  mvn r0, #0
  mov r1, sp
  mov r2, #8
  mov r3, #close_descriptor
  ldr r7, signalfd
  svc #0
  cmp r0, #0
  blt 4f
  mov r9, r0
  mvn r0, #0
  mov r1, #0
  mov r2, #no_hang
  mov r3, #0
  mov r7, #114  // wait4
  svc #0
  cmn r0, #echild
  beq 5f
  cmp r0, #0
  blt 4f
5:
  mov r0, #0  // its own group
  mov r1, #0
  mov r7, #37  // kill
  svc #0
  cmp r0, #0
  blt 4f
  mov r0, #set_mask
  mov r1, sp
  add r2, sp, #before
  mov r3, #8
  mov r7, #175  // rt_sigprocmask
  svc #0
  cmp r0, #0
  blt 4f
  mov r0, #sigchld
  mov r1, #0
  mov r2, #0
  mov r3, #0
  mov r4, #0
  mov r7, #120  // clone
  svc #0
  cmp r0, #0
  blt 4f
  beq child
  mov r8, r0
  mov r0, #channel
  mov r7, #6  // close
  svc #0
  mov r0, #ready
  cmp r0, r9
  beq next
  svc #0
next:
  mov r0, r9
  add r1, sp, #info
  mov r2, #info_size
  mov r7, #3  // read
  svc #0
  cmp r0, #info_size
  bne 2b
  ldr r1, [sp, #info]
  cmp r1, #sigchld
  beq reap
  cmp r1, #sighup
  beq 6f
  ldr r2, [sp, #info_code]
  cmp r2, #0
  bgt next
6:
  mov r0, r8
  mov r7, #37  // kill
  svc #0
  b next
reap:
  mvn r0, #0
  add r1, sp, #ended
  mov r2, #no_hang
  mov r3, #0
  mov r7, #114  // wait4
  svc #0
  cmp r0, #0
  ble next
  cmp r0, r8
  bne reap
  ldr r1, [sp, #ended]
  mov r0, r1, lsr #8
  and r0, r0, #0xff
  ands r1, r1, #0x7f
  beq 3b
  add r0, r1, #128
  b 3b
4:
  sub r0, r0, #reaper_fault
  b 1b
child:
  mov r0, #die_with_parent
  mov r1, #sigkill
  mov r7, #172  // prctl
  svc #0
  mov r0, #set_mask
  add r1, sp, #before
  mov r2, #0
  mov r3, #8
  mov r7, #175  // rt_sigprocmask
  svc #0
  b execute
mark:
  .4byte reaper_mark
signalfd:
  .4byte 355  // signalfd4
#endif
name:
  .asciz "init"
exec_stub_end:

  .section .note.GNU-stack, "", %progbits
