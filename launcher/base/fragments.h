// The fragments that packed phrases share (phrase.h), chosen by counting over all phrases what saves the most bytes.
//
// Any list is correct that is sorted by first character and, within it, longer ones first; a better one is smaller only.
#pragma once

namespace microctr::phrase {

// clang-format off
inline constexpr char fragments[] =
    " bytes)\0 (\0'@' is not a \0's \0' \0, or \0, \0...\0: \0; \0@' is \0CONFIG_\0NAME\0another \0addres\0"
    "and \0an \0at \0a \0ad\0al\0an\0ar\0at\0be\0configuration\0capabilit\0container\0cgroup \0choose \0"
    "chang\0comm\0ch\0did you mean \0directory\0d \0de\0exec\0er \0es \0e \0ed\0em\0en\0er\0es\0fi\0group\0"
    "host \0has \0inside\0ing \0its \0in \0is \0it \0in\0it\0keep one)\0ke\0layer\0limit\0link\0long\0le \0"
    "la\0le\0lo\0microctr \0messag\0mount \0make \0ma\0mo\0namespace\0network \0needs \0name \0name\0not \0"
    "numb\0no \0ne\0no\0of \0or \0own\0on\0or\0process\0program\0path \0p \0remove \0require\0read \0root\0"
    "run\0re\0ro\0supported yet\0start \0set \0s \0se\0si\0so\0st\0ters, digits\0the kernel \0too many \0"
    "the \0time\0too \0to \0t \0th\0unknown \0user\0us\0ut\0ver\0ve\0without \0write \0with \0wh\0y \0";
// clang-format on

}  // namespace microctr::phrase
