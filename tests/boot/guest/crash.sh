#!/bin/sh
# Runs in the machine: process 1 is made to fail, by an instruction that no processor has where it goes on after its wait.
. /report/common.sh

check_process_1() { same /proc/1/exe /sbin/microctr "$(readlink /proc/1/exe)"; }

report /report/crash.sh
sleep 1
place=$(awk '{ print $NF }' /proc/1/syscall)
printf '\377\377\377\377' | dd of=/proc/1/mem bs=1 seek="$((place))" conv=notrunc 2>/dev/null
kill -CHLD 1
sleep 30
echo "REPORT still-alive: FAIL process 1 has not failed at $place"
