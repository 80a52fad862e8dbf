#!/bin/sh
# Runs in the machine: microctr is process 1; a reboot is asked for while containers run.
. /report/common.sh

check_page() { eventually fetch_page; }

report /report/reboot.sh
microctr reboot
