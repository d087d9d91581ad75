// The host twin: what the kernels and the runner use of CUDA, in C++ on the host, so that their sources run where no GPU is, under
// the host's sanitizers. It takes the place of NVIDIA's cuda_runtime.h.
//
// Threads are those of machine.h. A stream works at once, or into the graph that captures it.
#ifndef EDGEKIT_TWIN_CUDA_RUNTIME_H
#define EDGEKIT_TWIN_CUDA_RUNTIME_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "machine.h"

#define __host__
#define __device__
#define __global__
#define __shared__ static
#define __launch_bounds__(...)

struct int2 {
  int x, y;
};
struct alignas(16) int4 {
  int x, y, z, w;
};
inline int4 make_int4(int x, int y, int z, int w) { return {x, y, z, w}; }

enum cudaError_t { cudaSuccess = 0, cudaErrorMemoryAllocation = 2 };
enum cudaMemcpyKind { cudaMemcpyHostToDevice = 1, cudaMemcpyDeviceToHost = 2 };
enum cudaStreamCaptureMode { cudaStreamCaptureModeThreadLocal = 1 };
enum { cudaStreamNonBlocking = 1 };

namespace twin {

struct Graph {
  std::vector<std::function<void()>> work;
};

struct Stream {
  std::unique_ptr<Graph> captured;

  void add(std::function<void()> work) {
    if (captured) {
      captured->work.push_back(std::move(work));
    } else {
      work();
    }
  }
};

inline void launch(std::function<void()> kernel, dim3 grid, dim3 block, Stream *stream) {
  stream->add([=] { run(kernel, grid, block); });
}

struct Event {
  std::chrono::steady_clock::time_point when;
};

}  // namespace twin

#define threadIdx (twin::machine.thread_index)
#define blockIdx (twin::machine.block_index)
#define blockDim (twin::machine.block)
#define gridDim (twin::machine.grid)

inline void __syncthreads() { twin::wait(twin::State::at_block); }

inline int __shfl_xor_sync(unsigned mask, int value, int step) {
  if (mask != 0xffffffffU) {
    twin::fail("a shuffle of a part of a warp");
  }
  const int lane = static_cast<int>(twin::machine.current % twin::WARP);
  return twin::show(&value, 1)[lane ^ step][0];
}

inline int __dp4a(int a, int b, int c) {
  uint32_t sum = static_cast<uint32_t>(c);
  for (int i = 0; i < 32; i += 8) {
    sum += static_cast<uint32_t>(static_cast<int8_t>(a >> i) * static_cast<int8_t>(b >> i));
  }
  return static_cast<int>(sum);
}

inline unsigned __byte_perm(unsigned x, unsigned y, unsigned selector) {
  const uint64_t both = static_cast<uint64_t>(y) << 32 | x;
  unsigned found = 0;
  for (int i = 0; i < 4; ++i) {
    found |= static_cast<unsigned>(both >> (selector >> 4 * i & 7) * 8 & 0xff) << 8 * i;
  }
  return found;
}

using cudaStream_t = twin::Stream *;
using cudaEvent_t = twin::Event *;
using cudaGraph_t = twin::Graph *;
using cudaGraphExec_t = twin::Graph *;

struct cudaDeviceProp {
  char name[256];
  int major, minor, multiProcessorCount;
};

inline const char *cudaGetErrorString(cudaError_t error) { return error == cudaSuccess ? "no error" : "out of memory"; }
inline cudaError_t cudaGetLastError() { return cudaSuccess; }
inline cudaError_t cudaGetDeviceCount(int *count) { return *count = 1, cudaSuccess; }
inline cudaError_t cudaGetDevice(int *device) { return *device = 0, cudaSuccess; }
inline cudaError_t cudaDriverGetVersion(int *version) { return *version = 0, cudaSuccess; }
inline cudaError_t cudaRuntimeGetVersion(int *version) { return *version = 0, cudaSuccess; }
inline cudaError_t cudaGetDeviceProperties(cudaDeviceProp *found, int) {
  *found = {"host twin", 0, 0, 1};
  return cudaSuccess;
}

template <class T>
cudaError_t cudaMalloc(T **memory, size_t bytes) {
  void *found = aligned_alloc(256, (bytes + 255) / 256 * 256);
  *memory = static_cast<T *>(found);
  return found == nullptr ? cudaErrorMemoryAllocation : cudaSuccess;
}
inline cudaError_t cudaFree(void *memory) { return free(memory), cudaSuccess; }
inline cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, cudaMemcpyKind) {
  return memcpy(to, from, bytes), cudaSuccess;
}
inline cudaError_t cudaMemset(void *to, int value, size_t bytes) { return memset(to, value, bytes), cudaSuccess; }
inline cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind, cudaStream_t stream) {
  return stream->add([=] { memcpy(to, from, bytes); }), cudaSuccess;
}

inline cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned) {
  return *stream = new twin::Stream, cudaSuccess;
}
inline cudaError_t cudaStreamDestroy(cudaStream_t stream) { return delete stream, cudaSuccess; }
inline cudaError_t cudaStreamSynchronize(cudaStream_t) { return cudaSuccess; }
inline cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  return stream->captured.reset(new twin::Graph), cudaSuccess;
}
inline cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *graph) {
  return *graph = stream->captured.release(), cudaSuccess;
}
inline cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t *made, cudaGraph_t graph, unsigned long long) {
  return *made = new twin::Graph(*graph), cudaSuccess;
}
inline cudaError_t cudaGraphDestroy(cudaGraph_t graph) { return delete graph, cudaSuccess; }
inline cudaError_t cudaGraphExecDestroy(cudaGraphExec_t graph) { return delete graph, cudaSuccess; }
inline cudaError_t cudaGraphLaunch(cudaGraphExec_t graph, cudaStream_t stream) {
  for (const auto &work : graph->work) {
    stream->add(work);
  }
  return cudaSuccess;
}

inline cudaError_t cudaEventCreate(cudaEvent_t *event) { return *event = new twin::Event, cudaSuccess; }
inline cudaError_t cudaEventDestroy(cudaEvent_t event) { return delete event, cudaSuccess; }
inline cudaError_t cudaEventSynchronize(cudaEvent_t) { return cudaSuccess; }
inline cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t) {
  return event->when = std::chrono::steady_clock::now(), cudaSuccess;
}
inline cudaError_t cudaEventElapsedTime(float *ms, cudaEvent_t start, cudaEvent_t stop) {
  return *ms = std::chrono::duration<float, std::milli>(stop->when - start->when).count(), cudaSuccess;
}

#endif
