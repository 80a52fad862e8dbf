// The fragments that packed phrases share (phrase.h), chosen by counting over all phrases what saves the most bytes.
//
// Any list is correct that is sorted by first character and, within it, longer ones first; a better one is smaller
// only.
#pragma once

namespace microctr::phrase {

// clang-format off
inline constexpr char fragments[] =
    " is \0 to \0 (\0'@' is not a \0'@' is \0's \0' \0, or \0, \0...\0: \0; \0= \0CONFIG_\0NAME\0addres\0"
    "able\0and \0an \0at \0a \0ad\0al\0an\0ar\0at\0be\0configuration\0cannot be\0capabilit\0container\0"
    "cgroup \0comm\0con\0ch\0ck\0directory\0d \0de\0exec\0er \0es \0e \0ed\0en\0er\0es\0file \0fi\0group\0"
    "has \0host\0ing \0in \0is \0it \0ic\0il\0in\0is\0it\0keep one)\0known \0layer\0limit\0link\0long\0la\0"
    "le\0lo\0microctr \0memory\0messag\0mount \0make \0ment\0mo\0namespace\0network \0needs \0name\0not \0"
    "numb\0no \0ne\0no\0ou mean '&'?)\0of \0or \0own\0o \0on\0op\0or\0process\0program\0path \0p \0"
    "run as roo\0remove \0require\0read \0root\0run\0re\0ro\0supported yet\0system\0s \0se\0si\0st\0"
    "the kernel \0too many \0the \0time\0too \0t \0th\0user\0un\0us\0ut\0ve\0without \0write \0with \0y \0";
// clang-format on

}  // namespace microctr::phrase
