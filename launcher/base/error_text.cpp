#include "launcher/base/error_text.h"

#include <cerrno>

namespace microctr {

namespace {

// ERROR(number, text)
#define MICROCTR_ERRORS(ERROR)                           \
  ERROR(EPERM, "Operation not permitted")                \
  ERROR(ENOENT, "No such file or directory")             \
  ERROR(ESRCH, "No such process")                        \
  ERROR(EINTR, "Interrupted system call")                \
  ERROR(EIO, "I/O error")                                \
  ERROR(ENXIO, "No such device or address")              \
  ERROR(E2BIG, "Argument list too long")                 \
  ERROR(ENOEXEC, "Exec format error")                    \
  ERROR(EBADF, "Bad file descriptor")                    \
  ERROR(ECHILD, "No child process")                      \
  ERROR(EAGAIN, "Resource temporarily unavailable")      \
  ERROR(ENOMEM, "Out of memory")                         \
  ERROR(EACCES, "Permission denied")                     \
  ERROR(EFAULT, "Bad address")                           \
  ERROR(EBUSY, "Resource busy")                          \
  ERROR(EEXIST, "File exists")                           \
  ERROR(EXDEV, "Cross-device link")                      \
  ERROR(ENODEV, "No such device")                        \
  ERROR(ENOTDIR, "Not a directory")                      \
  ERROR(EISDIR, "Is a directory")                        \
  ERROR(EINVAL, "Invalid argument")                      \
  ERROR(ENFILE, "Too many open files in system")         \
  ERROR(EMFILE, "Too many open files")                   \
  ERROR(ENOTTY, "Not a tty")                             \
  ERROR(ETXTBSY, "Text file busy")                       \
  ERROR(EFBIG, "File too large")                         \
  ERROR(ENOSPC, "No space left on device")               \
  ERROR(ESPIPE, "Invalid seek")                          \
  ERROR(EROFS, "Read-only file system")                  \
  ERROR(EMLINK, "Too many links")                        \
  ERROR(EPIPE, "Broken pipe")                            \
  ERROR(ERANGE, "Result not representable")              \
  ERROR(EDEADLK, "Resource deadlock would occur")        \
  ERROR(ENAMETOOLONG, "Filename too long")               \
  ERROR(ENOLCK, "No locks available")                    \
  ERROR(ENOSYS, "Function not implemented")              \
  ERROR(ENOTEMPTY, "Directory not empty")                \
  ERROR(ELOOP, "Symbolic link loop")                     \
  ERROR(EPROTO, "Protocol error")                        \
  ERROR(EBADMSG, "Bad message")                          \
  ERROR(EOVERFLOW, "Value too large for data type")      \
  ERROR(ELIBBAD, "Accessing a corrupted shared library") \
  ERROR(EUSERS, "Too many users")                        \
  ERROR(EMSGSIZE, "Message too large")                   \
  ERROR(EPROTONOSUPPORT, "Protocol not supported")       \
  ERROR(EOPNOTSUPP, "Not supported")                     \
  ERROR(EAFNOSUPPORT, "Address family not supported")    \
  ERROR(EADDRINUSE, "Address in use")                    \
  ERROR(EADDRNOTAVAIL, "Address not available")          \
  ERROR(ENETDOWN, "Network is down")                     \
  ERROR(ENETUNREACH, "Network unreachable")              \
  ERROR(ECONNRESET, "Connection reset by peer")          \
  ERROR(ENOBUFS, "No buffer space available")            \
  ERROR(ENOTCONN, "Socket not connected")                \
  ERROR(ETIMEDOUT, "Operation timed out")                \
  ERROR(ECONNREFUSED, "Connection refused")              \
  ERROR(EHOSTUNREACH, "Host is unreachable")             \
  ERROR(EALREADY, "Operation already in progress")       \
  ERROR(ESTALE, "Stale file handle")                     \
  ERROR(EUCLEAN, "The file system must be checked")      \
  ERROR(EDQUOT, "Quota exceeded")                        \
  ERROR(ENOKEY, "Required key not available")            \
  ERROR(EKEYREJECTED, "Key was rejected by service")

#define MICROCTR_ERROR_TEXT(number, text) text "\0"
constexpr char plain_texts[] = MICROCTR_ERRORS(MICROCTR_ERROR_TEXT);
#undef MICROCTR_ERROR_TEXT
constexpr auto texts = phrase::pack_table<plain_texts, 1, 0>();

#define MICROCTR_ERROR_NUMBER(number, text) number,
constexpr unsigned char numbers[] = {MICROCTR_ERRORS(MICROCTR_ERROR_NUMBER)};
#undef MICROCTR_ERROR_NUMBER

}  // namespace

void add_error_text(TextWriter& text, int code) {
  CString packed = CString::from_pointer(texts.data());
  for (const unsigned char number : numbers) {
    if (number == code) {
      text.add(Phrase::from_packed(packed.c_str()));
      return;
    }
    packed = packed.from(packed.size() + 1);
  }
  text.add("error ", code);
}

}  // namespace microctr
