#include "launcher/base/error_text.h"

#include <cerrno>

namespace microctr {

namespace {

// ERROR(number, text)
#define MICROCTR_ERRORS(ERROR)                        \
  ERROR(EPERM, "Operation not permitted")             \
  ERROR(ENOENT, "No such file or directory")          \
  ERROR(ESRCH, "No such process")                     \
  ERROR(EINTR, "Interrupted system call")             \
  ERROR(EIO, "I/O error")                             \
  ERROR(ENXIO, "No such device or address")           \
  ERROR(E2BIG, "Argument list too long")              \
  ERROR(ENOEXEC, "Exec format error")                 \
  ERROR(EBADF, "Bad file descriptor")                 \
  ERROR(ECHILD, "No child process")                   \
  ERROR(EAGAIN, "Resource temporarily unavailable")   \
  ERROR(ENOMEM, "Out of memory")                      \
  ERROR(EACCES, "Permission denied")                  \
  ERROR(EBUSY, "Resource busy")                       \
  ERROR(EEXIST, "File exists")                        \
  ERROR(EXDEV, "Cross-device link")                   \
  ERROR(ENODEV, "No such device")                     \
  ERROR(ENOTDIR, "Not a directory")                   \
  ERROR(EISDIR, "Is a directory")                     \
  ERROR(EINVAL, "Invalid argument")                   \
  ERROR(ENFILE, "Too many open files in system")      \
  ERROR(EMFILE, "Too many open files")                \
  ERROR(ETXTBSY, "Text file busy")                    \
  ERROR(EFBIG, "File too large")                      \
  ERROR(ENOSPC, "No space left on device")            \
  ERROR(EROFS, "Read-only file system")               \
  ERROR(EPIPE, "Broken pipe")                         \
  ERROR(ERANGE, "Result not representable")           \
  ERROR(ENAMETOOLONG, "Filename too long")            \
  ERROR(EXFULL, "Exchange full")                      \
  ERROR(ENOSYS, "Function not implemented")           \
  ERROR(ENOTEMPTY, "Directory not empty")             \
  ERROR(ELOOP, "Symbolic link loop")                  \
  ERROR(EPROTO, "Protocol error")                     \
  ERROR(EBADMSG, "Bad message")                       \
  ERROR(EOVERFLOW, "Value too large for data type")   \
  ERROR(EMSGSIZE, "Message too large")                \
  ERROR(EPROTONOSUPPORT, "Protocol not supported")    \
  ERROR(EOPNOTSUPP, "Not supported")                  \
  ERROR(EAFNOSUPPORT, "Address family not supported") \
  ERROR(EUSERS, "Too many users")                     \
  ERROR(EADDRINUSE, "Address in use")                 \
  ERROR(EADDRNOTAVAIL, "Address not available")       \
  ERROR(ENETUNREACH, "Network unreachable")           \
  ERROR(ENOBUFS, "No buffer space available")         \
  ERROR(ETIMEDOUT, "Operation timed out")             \
  ERROR(ECONNREFUSED, "Connection refused")           \
  ERROR(EHOSTUNREACH, "Host is unreachable")          \
  ERROR(ESTALE, "Stale file handle")                  \
  ERROR(EDQUOT, "Quota exceeded")

#define MICROCTR_ERROR_TEXT(number, text) text "\0"
constexpr char plain_texts[] = MICROCTR_ERRORS(MICROCTR_ERROR_TEXT);
#undef MICROCTR_ERROR_TEXT
constexpr auto texts = phrase::pack_table<plain_texts, 1, 0>();

#define MICROCTR_ERROR_NUMBER(number, text) number,
constexpr unsigned char numbers[] = {MICROCTR_ERRORS(MICROCTR_ERROR_NUMBER)};
#undef MICROCTR_ERROR_NUMBER

}  // namespace

void add_error_text(TextWriter& text, int code) {
  for (std::size_t index = 0; index < sizeof numbers; ++index) {
    if (numbers[index] != code) continue;
    text.add(Phrase::nth(texts.data(), index));
    return;
  }
  text.add("error ", code);
}

}  // namespace microctr
