package httpapi

import "syscall"

// yieldThread lets other threads that are ready use the core, those of other
// programs as far as the kernel counts them as equals: of the same control group,
// so of the same container or host. It is not told to Go's scheduler, which would
// give the thread's place away.
func yieldThread() { syscall.RawSyscall(syscall.SYS_SCHED_YIELD, 0, 0, 0) }
