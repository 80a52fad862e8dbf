// The fragments that packed phrases share (phrase.h), chosen by counting over all phrases what saves the most bytes.
//
// Any list is correct that is sorted by first character and, within it, longer ones first; a better one is smaller
// only.
#pragma once

namespace microctr::phrase {

// clang-format off
inline constexpr char fragments[] =
    " (write \0 bytes\0 of \0 (\0'@' is not a \0'@' \0's \0(limit \0(write \0, or \0, \0: \0; \0= \0CONFIG_\0"
    "NAME\0an interface\0another \0address\0able\0and \0all\0an \0at \0a \0ad\0al\0an\0ar\0at\0bridge\0be\0"
    "configuration\0capabilit\0container\0choose \0cgrou\0comm\0ch \0ch\0directory\0d \0de\0ers, digits\0"
    "er \0e \0en\0er\0es\0file \0for \0fi\0group\0has \0host\0inside\0ing \0its \0in \0is \0it \0in\0it\0"
    "keep one)\0ke\0layer\0limit\0link\0long\0le\0lo\0microct\0mount \0make \0ma\0me\0mo\0namespace\0"
    "network \0needs \0name \0not \0no \0ne\0no\0of \0or \0own\0on\0or\0ou\0process\0program\0publish\0"
    "path \0port\0p \0remove \0require\0read \0root\0run\0r \0re\0ro\0supported yet\0subnet \0start \0st \0"
    "s \0se\0si\0st\0the kernel \0too many \0the \0time\0too \0to \0t \0th\0unknown \0us\0without \0write \0"
    "with \0wh\0y \0";
// clang-format on

}  // namespace microctr::phrase
