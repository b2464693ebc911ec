// Sets of images that come as four IDX files, by the names of their files, which may be gzipped:
//
//   mnist          {train,t10k}-{images-idx3,labels-idx1}-ubyte, also Fashion-MNIST and KMNIST
//   emnist-PART    emnist-PART-{train,test}-{images-idx3,labels-idx1}-ubyte; PART is balanced,
//                  byclass, bymerge, digits, letters or mnist
//   qmnist         qmnist-{train,test}-{images-idx3-ubyte,labels-idx2-int}
//
// EMNIST's images come column by column and are turned upright; its letters, 1 to 26 in the file,
// are the classes 0 to 25; its class_names are the characters (Cohen, Afshar, Tapson and van
// Schaik, EMNIST: an extension of MNIST to handwritten letters, 2017). Of QMNIST's eight numbers
// for each image the first is the class (Yadav and Bottou, Cold case: the lost MNIST digits, 2019).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "nn/data/dataset.h"

namespace tapestry::nn {

// mnist, qmnist, emnist-balanced, ...
std::span<const std::string_view> image_set_names();

// The set of that name from the files in `folder`, or in a folder named like the set below it.
// Without a folder, the environment variable TAPESTRY_DATA names it. Error for another name, and
// when a file is missing or damaged.
Split load_image_set(std::string_view name, const std::string& folder = {}, detail::Site site = {});

Split load_mnist(const std::string& folder = {}, detail::Site site = {});
Split load_qmnist(const std::string& folder = {}, detail::Site site = {});
Split load_emnist(std::string_view part, const std::string& folder = {}, detail::Site site = {});

// The set to which a file of that name belongs; empty when to none.
std::string_view image_set_of(const std::string& file);

}  // namespace tapestry::nn
