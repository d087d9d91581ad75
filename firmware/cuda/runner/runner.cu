// Runs the model from files, for `edgekit run`, `verify` and `bench`, and by hand:
//
//   model_cuda info                    the GPU, the driver, and the model
//   model_cuda run INPUTS OUTPUTS      every sample of INPUTS: all inputs in order; OUTPUTS likewise
//   model_cuda layers INPUTS VALUES    the outputs of every layer of every sample
//   model_cuda time REPEATS            microseconds of an inference and of each layer
//
// It prints one line of JSON. What fails is said on stderr, with exit code 1.
#include <algorithm>
#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "layers.h"
#include "model.h"

namespace {

[[noreturn]] void stop(const char *what, const char *why) {
  fprintf(stderr, "%s: %s\n", what, why);
  exit(1);
}

void must(cudaError_t error, const char *what) {
  if (error != cudaSuccess) {
    stop(what, cudaGetErrorString(error));
  }
}

using Bytes = std::vector<uint8_t>;

Bytes read_samples(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == nullptr) {
    stop(path, "cannot be read");
  }
  Bytes found;
  uint8_t block[1 << 16];
  for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0;) {
    found.insert(found.end(), block, block + n);
  }
  fclose(file);
  if (found.empty() || found.size() % MODEL_INPUT_BYTES != 0) {
    stop(path, "is no whole number of samples");
  }
  return found;
}

void write_file(const char *path, const Bytes &data) {
  FILE *file = fopen(path, "wb");
  const size_t written = file == nullptr ? 0 : fwrite(data.data(), 1, data.size(), file);
  if (file == nullptr || fclose(file) != 0 || written != data.size()) {
    stop(path, "cannot be written");
  }
}

struct Session {
  model_t *model = nullptr;
  cudaStream_t stream = nullptr;

  Session() {
    must(model_create(&model), "model_create");
    must(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreate");
  }
  ~Session() {
    (void)cudaStreamDestroy(stream);
    model_destroy(model);
  }
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

  void load(const uint8_t *sample) {
    for (int i = 0; i < MODEL_INPUTS; ++i) {
      must(cudaMemcpyAsync(model_arena(model) + ek_inputs[i].offset, sample, ek_inputs[i].bytes, cudaMemcpyHostToDevice,
                           stream),
           "input");
      sample += ek_inputs[i].bytes;
    }
  }

  void save(uint32_t offset, uint32_t bytes, Bytes &to) {
    const size_t at = to.size();
    to.resize(at + bytes);
    must(cudaMemcpyAsync(to.data() + at, model_arena(model) + offset, bytes, cudaMemcpyDeviceToHost, stream), "output");
    must(cudaStreamSynchronize(stream), "cudaStreamSynchronize");
  }

  void save_outputs(Bytes &to) {
    for (int i = 0; i < MODEL_OUTPUTS; ++i) {
      save(ek_outputs[i].offset, ek_outputs[i].bytes, to);
    }
  }
};

int info() {
  int count = 0, device = 0, driver = 0, runtime = 0;
  must(cudaDriverGetVersion(&driver), "the driver");
  must(cudaRuntimeGetVersion(&runtime), "the CUDA runtime");
  cudaDeviceProp found = {};
  cudaError_t error = cudaGetDeviceCount(&count);
  error = error == cudaSuccess ? cudaGetDevice(&device) : error;
  error = error == cudaSuccess ? cudaGetDeviceProperties(&found, device) : error;
  printf("{\"error\": \"%s\", \"driver\": %d, \"runtime\": %d, \"gpu\": \"%s\", \"capability\": %d, "
         "\"processors\": %d, \"model\": \"%s\", \"device_bytes\": %zu}\n",
         error == cudaSuccess ? "" : cudaGetErrorString(error), driver, runtime, found.name, 10 * found.major + found.minor,
         found.multiProcessorCount, MODEL_HASH, model_device_bytes());
  return 0;
}

int run(const char *from, const char *to, bool layers) {
  Session session;
  const Bytes inputs = read_samples(from);
  Bytes found;
  for (size_t at = 0; at < inputs.size(); at += MODEL_INPUT_BYTES) {
    session.load(inputs.data() + at);
    if (!layers) {
      must(model_invoke(session.model, session.stream), "model_invoke");
      session.save_outputs(found);
      continue;
    }
    for (int32_t i = 0; i < MODEL_LAYERS; ++i) {
      must(model_layer(session.model, i, session.stream), "model_layer");
      for (uint32_t k = 0; k < ek_layers[i].count; ++k) {
        const ek_region_t &region = ek_regions[ek_layers[i].first + k];
        session.save(region.offset, region.bytes, found);
      }
    }
  }
  write_file(to, found);
  printf("{\"samples\": %zu, \"bytes\": %zu}\n", inputs.size() / MODEL_INPUT_BYTES, found.size());
  return 0;
}

// Microseconds of what is captured `copies` times in one graph, each.
template <class Launch>
double graph_us(Session &session, int copies, int repeats, const Launch &launch) {
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t work = nullptr;
  must(cudaStreamBeginCapture(session.stream, cudaStreamCaptureModeThreadLocal), "cudaStreamBeginCapture");
  for (int i = 0; i < copies; ++i) {
    must(launch(), "a launch");
  }
  must(cudaStreamEndCapture(session.stream, &graph), "cudaStreamEndCapture");
  must(cudaGraphInstantiateWithFlags(&work, graph, 0), "cudaGraphInstantiate");
  cudaEvent_t start, end;
  must(cudaEventCreate(&start), "cudaEventCreate");
  must(cudaEventCreate(&end), "cudaEventCreate");
  std::vector<float> times;
  for (int i = 0; i < repeats + 1; ++i) {  // the first is a warm-up
    float ms = 0;
    must(cudaEventRecord(start, session.stream), "cudaEventRecord");
    must(cudaGraphLaunch(work, session.stream), "cudaGraphLaunch");
    must(cudaEventRecord(end, session.stream), "cudaEventRecord");
    must(cudaEventSynchronize(end), "cudaEventSynchronize");
    must(cudaEventElapsedTime(&ms, start, end), "cudaEventElapsedTime");
    if (i > 0) {
      times.push_back(ms);
    }
  }
  (void)cudaEventDestroy(start);
  (void)cudaEventDestroy(end);
  (void)cudaGraphExecDestroy(work);
  (void)cudaGraphDestroy(graph);
  std::sort(times.begin(), times.end());
  return 1000.0 * times[times.size() / 2] / copies;
}

// Microseconds on the host from the copy of the input to the copy of the output.
std::vector<double> round_trips(Session &session, int repeats) {
  Bytes sample(MODEL_INPUT_BYTES), found;
  found.reserve(MODEL_OUTPUT_BYTES);
  std::vector<double> times;
  for (int i = 0; i < repeats + 10; ++i) {  // the first ten warm up
    found.clear();
    const auto start = std::chrono::steady_clock::now();
    session.load(sample.data());
    must(model_invoke(session.model, session.stream), "model_invoke");
    session.save_outputs(found);
    if (i >= 10) {
      times.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
    }
  }
  std::sort(times.begin(), times.end());
  return times;
}

int time(int repeats) {
  constexpr int COPIES = 32, ROUNDS = 21;  // of a layer in one graph; of that graph
  Session session;
  const std::vector<double> trips = round_trips(session, repeats);
  const double inference = graph_us(session, 1, repeats, [&] {
    cudaError_t error = cudaSuccess;
    for (int32_t i = 0; error == cudaSuccess && i < MODEL_LAYERS; ++i) {
      error = model_layer(session.model, i, session.stream);
    }
    return error;
  });
  printf("{\"repeats\": %d, \"inference_us\": %.3f, \"round_trip_p50_us\": %.3f, \"round_trip_p99_us\": %.3f, \"layers_us\": [",
         repeats, inference, trips[trips.size() / 2], trips[trips.size() * 99 / 100]);
  for (int32_t i = 0; i < MODEL_LAYERS; ++i) {
    printf("%s%.3f", i > 0 ? ", " : "",
           graph_us(session, COPIES, ROUNDS, [&] { return model_layer(session.model, i, session.stream); }));
  }
  printf("]}\n");
  return 0;
}

}  // namespace

int main(int count, char **words) {
  if (count == 2 && strcmp(words[1], "info") == 0) {
    return info();
  }
  if (count == 4 && strcmp(words[1], "run") == 0) {
    return run(words[2], words[3], false);
  }
  if (count == 4 && strcmp(words[1], "layers") == 0) {
    return run(words[2], words[3], true);
  }
  if (count == 3 && strcmp(words[1], "time") == 0 && atoi(words[2]) > 0) {
    return time(atoi(words[2]));
  }
  stop("usage", "model_cuda info | run INPUTS OUTPUTS | layers INPUTS VALUES | time REPEATS");
}
