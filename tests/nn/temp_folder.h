// A folder that lasts as long as a test case, and bytes to put there.
#pragma once

#include <stdlib.h>

#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace tapestry {

class TempFolder {
 public:
  TempFolder() : path_((std::filesystem::temp_directory_path() / "tapestry-XXXXXX").string()) {
    BOOST_REQUIRE(mkdtemp(path_.data()));
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }

  // Writes a file, whose folder is made too, and returns its path.
  std::string write(const std::string& name, const std::string& bytes) const {
    const std::filesystem::path file = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
    return file.string();
  }

 private:
  std::string path_;
};

inline std::string gzipped(const std::string& bytes) {
  std::istringstream plain(bytes);
  boost::iostreams::filtering_istream packed;
  packed.push(boost::iostreams::gzip_compressor());
  packed.push(plain);
  return {std::istreambuf_iterator<char>(packed), {}};
}

}  // namespace tapestry
