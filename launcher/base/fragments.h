// The fragments that packed phrases share (phrase.h), chosen by counting over all phrases what saves the most bytes.
//
// Any list is correct that is sorted by first character and, within it, longer ones first; a better one is smaller
// only.
#pragma once

namespace microctr::phrase {

// clang-format off
inline constexpr char fragments[] =
    " is \0 to \0 (\0'@' is not a \0'@' is \0's \0, or \0, \0...\0: \0; \0= \0CONFIG_\0KEY.required \0NAME\0"
    "addres\0able\0and \0an \0a \0al\0an\0ar\0at\0be\0configuration\0capabilit\0container\0cannot b\0"
    "cgroup \0comm\0ch\0ck\0directory\0d \0de\0e (\0er \0es \0e \0ed\0en\0er\0es\0file \0fi\0group\0has \0"
    "host\0ing \0its \0in \0is \0it \0ic\0il\0in\0is\0it\0keep one)\0letters, digi\0layer\0limit\0link\0"
    "long\0la\0le\0lo\0microctr \0messag\0mount \0make \0memor\0ment\0ma\0mo\0namespac\0network \0needs \0"
    "name\0not \0numb\0no \0ne\0no\0of \0or \0own\0o \0on\0or\0ou\0process\0program\0path \0p \0remove \0"
    "require\0read \0root\0run\0r \0re\0ro\0supported yet\0start \0system\0set \0s \0si\0st\0the kernel \0"
    "too many \0that \0the \0time\0too \0t \0th\0unknown \0user\0us\0ve\0without \0write \0with \0"
    "you mean '&'\0y \0";
// clang-format on

}  // namespace microctr::phrase
