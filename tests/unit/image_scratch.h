// A directory for one test, gone with it.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "launcher/base/cstring.h"
#include "launcher/base/fd.h"

namespace microctr {

class Scratch : public testing::Test {
 protected:
  Scratch() {
    std::string name = testing::TempDir() + "microctr-image-XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
    directory_ = Fd(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  ~Scratch() override { std::filesystem::remove_all(path_); }

  static CString text(const std::string& string) { return CString::from_pointer(string.c_str()); }
  std::string at(const std::string& name) const { return (path_ / name).string(); }
  void write(const std::string& name, const std::string& content = "x") const {
    std::ofstream(path_ / name) << content;
  }
  std::string read(const std::string& name) const {
    std::ifstream file(path_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool exists(const std::string& name) const {
    return std::filesystem::exists(std::filesystem::symlink_status(path_ / name));
  }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), {}));
  }

  std::filesystem::path path_;
  Fd directory_;
};

}  // namespace microctr
