// Kernels with one mistake each, which the host twin must find: faults WHICH.
#include "edgekit/cuda/warp.h"

namespace {

// Half of the block returns, the other half waits for it.
__global__ void some_return(int32_t *y) {
  if (threadIdx.x < 64) {
    return;
  }
  __syncthreads();
  y[threadIdx.x] = 1;
}

// A lane returns before the warp's shuffle.
__global__ void lane_returns(int32_t *y) {
  if (threadIdx.x == 5) {
    return;
  }
  y[threadIdx.x] = ek::warp_sum(1);
}

// The barrier between writing and reading shared memory is missing: what is read depends on who runs first.
__global__ void no_barrier(int32_t *y) {
  __shared__ int32_t shared[128];
  shared[threadIdx.x] = static_cast<int32_t>(threadIdx.x) + 1;
  y[threadIdx.x] = shared[127 - threadIdx.x];
}

__global__ void with_barrier(int32_t *y) {
  __shared__ int32_t shared[128];
  shared[threadIdx.x] = static_cast<int32_t>(threadIdx.x) + 1;
  __syncthreads();
  y[threadIdx.x] = shared[127 - threadIdx.x];
}

__global__ void outside(int32_t *y) { y[threadIdx.x + 1] = 1; }

}  // namespace

int main(int, char **words) {
  void (*kernel)(int32_t *) = nullptr;
  switch (words[1][0]) {
    case 'r': kernel = some_return; break;
    case 'l': kernel = lane_returns; break;
    case 'n': kernel = no_barrier; break;
    case 'w': kernel = with_barrier; break;
    default: kernel = outside; break;
  }
  int32_t *y = nullptr;
  twin::Stream stream;
  if (cudaMalloc(&y, 512) != cudaSuccess || cudaMemset(y, 0, 512) != cudaSuccess) {
    return 3;
  }
  ek::launch(kernel, dim3(1), dim3(128), &stream, y);
  int64_t sum = 0;
  for (int64_t i = 0; i < 128; ++i) {
    sum += i * y[i];
  }
  printf("%lld\n", static_cast<long long>(sum));
  return cudaFree(y) != cudaSuccess;
}
