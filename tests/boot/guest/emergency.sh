#!/bin/sh
# The machine has an init.conf in which nothing can be understood: nothing of this runs there. The host types into the
# shell that it gives (boot() in tests/boot/run).
