// says: conversion from
#include "nn/nn.h"
using namespace tapestry;

Tensor start() {
  Tensor x = 2.0;
  return x;
}
