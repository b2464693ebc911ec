// While it lives, results too small for a normal number become 0, on all threads. Velocities of
// weights that hear nothing any more fade through such numbers, on which processors are many times
// slower.
#pragma once

namespace tapestry::tools {

class FlushDenormals {
 public:
  FlushDenormals();
  ~FlushDenormals();
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  bool before_;
};

}  // namespace tapestry::tools
