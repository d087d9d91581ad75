// The machine of the host twin: threads of a GPU's blocks and warps, one block at a time.
//
// The threads of a block take turns on one core, each a coroutine that runs until it waits: __syncthreads() waits for all
// threads of the block, shuffles and matrix products for all lanes of the warp. Who waits for somebody that has returned or
// waits elsewhere is an error, as is an order of threads that the result depends on: EDGEKIT_TWIN_ORDER=reverse turns it
// round.
#ifndef EDGEKIT_TWIN_MACHINE_H
#define EDGEKIT_TWIN_MACHINE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include <functional>
#include <memory>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned a = 1, unsigned b = 1, unsigned c = 1) : x(a), y(b), z(c) {}
};

namespace twin {

constexpr int WARP = 32;
constexpr size_t STACK_BYTES = 1 << 18;

struct Fiber {
  ucontext_t context;
  std::unique_ptr<char[]> stack{new char[STACK_BYTES]};
};

enum class State { waiting_to_start, ready, at_block, at_warp, returned };

struct Thread {
  State state = State::waiting_to_start;
  Fiber *fiber = nullptr;
  unsigned collectives = 0;
};

// What the lanes of a warp show each other. One may be a collective ahead of another, so there are two of it.
struct Exchange {
  int32_t words[2][WARP][6];
};

struct Machine {
  dim3 grid, block, block_index, thread_index;
  const std::function<void()> *kernel = nullptr;
  std::vector<Thread> threads;
  std::vector<Exchange> warps;
  std::vector<std::unique_ptr<Fiber>> fibers;
  std::vector<Fiber *> idle;
  ucontext_t scheduler;
  Fiber *running = nullptr;
  const void *scheduler_stack = nullptr;
  size_t scheduler_bytes = 0;
  size_t current = 0, started = 0;
  bool reverse = false;
};

inline Machine machine;

[[noreturn]] inline void fail(const char *what) {
  const Machine &m = machine;
  fprintf(stderr, "host twin: %s (block %u, %u)\n", what, m.block_index.x, m.block_index.y);
  abort();
}

// The sanitizer must know on which stack it is.
inline void leave(void **own, const void *stack, size_t bytes) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(own, stack, bytes);
#else
  (void)own, (void)stack, (void)bytes;
#endif
}

inline void arrive(void *own, const void **stack, size_t *bytes) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(own, stack, bytes);
#else
  (void)own, (void)stack, (void)bytes;
#endif
}

inline void make_current(size_t thread) {
  Machine &m = machine;
  m.current = thread;
  const unsigned i = static_cast<unsigned>(thread);
  m.thread_index = dim3(i % m.block.x, i / m.block.x % m.block.y, i / m.block.x / m.block.y);
}

inline void to_scheduler() {
  Machine &m = machine;
  Fiber *self = m.running;
  void *own = nullptr;
  leave(&own, m.scheduler_stack, m.scheduler_bytes);
  swapcontext(&self->context, &m.scheduler);
  arrive(own, &m.scheduler_stack, &m.scheduler_bytes);
}

inline size_t in_order(size_t i) { return machine.reverse ? machine.threads.size() - 1 - i : i; }

// A fiber runs thread after thread; while none waits, there is no switch.
inline void fiber_body() {
  Machine &m = machine;
  arrive(nullptr, &m.scheduler_stack, &m.scheduler_bytes);
  for (;;) {
    while (m.started < m.threads.size()) {
      const size_t thread = in_order(m.started++);
      make_current(thread);
      m.threads[thread].fiber = m.running;
      m.threads[thread].state = State::ready;
      (*m.kernel)();
      m.threads[m.current].state = State::returned;
    }
    m.idle.push_back(m.running);
    to_scheduler();
  }
}

inline void run_fiber(Fiber *fiber) {
  Machine &m = machine;
  m.running = fiber;
  void *own = nullptr;
  leave(&own, fiber->stack.get(), STACK_BYTES);
  swapcontext(&m.scheduler, &fiber->context);
  arrive(own, nullptr, nullptr);
}

inline void prepare(Fiber &fiber) {
  getcontext(&fiber.context);
  fiber.context.uc_stack.ss_sp = fiber.stack.get();
  fiber.context.uc_stack.ss_size = STACK_BYTES;
  fiber.context.uc_link = nullptr;
  makecontext(&fiber.context, fiber_body, 0);
}

inline Fiber *idle_fiber() {
  Machine &m = machine;
  if (m.idle.empty()) {
    m.fibers.emplace_back(new Fiber);
    prepare(*m.fibers.back());
    m.idle.push_back(m.fibers.back().get());
  }
  Fiber *found = m.idle.back();
  m.idle.pop_back();
  return found;
}

// Threads that all have arrived where they wait for each other may go on. Returns whether any may.
inline bool release(size_t first, size_t count, State where) {
  Machine &m = machine;
  for (size_t i = first; i < first + count; ++i) {
    if (m.threads[i].state != where) {
      return false;
    }
  }
  for (size_t i = first; i < first + count; ++i) {
    m.threads[i].state = State::ready;
  }
  return true;
}

inline void run_block() {
  Machine &m = machine;
  const size_t count = m.threads.size();
  for (Thread &t : m.threads) {
    t = Thread();
  }
  m.started = 0;
  for (;;) {
    while (m.started < count) {
      run_fiber(idle_fiber());
    }
    bool ready = false, waiting = false;
    for (size_t i = 0; i < count; ++i) {
      const size_t thread = in_order(i);
      if (m.threads[thread].state == State::ready) {
        ready = true;
        make_current(thread);
        run_fiber(m.threads[thread].fiber);
      }
      waiting |= m.threads[thread].state != State::returned;
    }
    if (!waiting) {
      return;
    }
    bool released = release(0, count, State::at_block);
    for (size_t i = 0; i < count; i += WARP) {
      released |= release(i, WARP, State::at_warp);
    }
    if (!ready && !released) {
      fail("threads wait for others that have returned or wait elsewhere");
    }
  }
}

inline void wait(State where) {
  Machine &m = machine;
  const size_t self = m.current;
  m.threads[self].state = where;
  to_scheduler();
}

inline void run(const std::function<void()> &kernel, dim3 grid, dim3 block) {
  Machine &m = machine;
  const size_t count = static_cast<size_t>(block.x) * block.y * block.z;
  if (count == 0 || count > 1024 || count % WARP != 0 || grid.x == 0 || grid.y == 0 || grid.y > 65535 || grid.z != 1) {
    fail("a launch that no GPU takes, or with a part of a warp");
  }
  const char *order = getenv("EDGEKIT_TWIN_ORDER");
  m.reverse = order != nullptr && strcmp(order, "reverse") == 0;
  m.grid = grid;
  m.block = block;
  m.kernel = &kernel;
  m.threads.assign(count, Thread());
  m.warps.assign(count / WARP, Exchange());
  for (unsigned y = 0; y < grid.y; ++y) {
    for (unsigned x = 0; x < grid.x; ++x) {
      m.block_index = dim3(x, y);
      run_block();
    }
  }
}

// Lane `lane`'s words of the collective in which all lanes of the warp show theirs.
inline const int32_t (&show(const int32_t *words, size_t count))[WARP][6] {
  Machine &m = machine;
  Exchange &exchange = m.warps[m.current / WARP];
  auto &shown = exchange.words[m.threads[m.current].collectives++ % 2];
  memcpy(shown[m.current % WARP], words, count * sizeof *words);
  wait(State::at_warp);
  return shown;
}

// c += a b, with the fragments of mma.sync.m16n8k32 of int8.
inline void mma_m16n8k32(int32_t (&c)[4], const int32_t (&a)[4], const int32_t (&b)[2]) {
  const int32_t mine[6] = {a[0], a[1], a[2], a[3], b[0], b[1]};
  const int lane = static_cast<int>(machine.current % WARP);
  const auto &shown = show(mine, 6);
  for (int i = 0; i < 4; ++i) {
    const int row = lane / 4 + i / 2 * 8, column = lane % 4 * 2 + i % 2;
    uint32_t sum = static_cast<uint32_t>(c[i]);
    for (int k = 0; k < 32; ++k) {
      const int word = k / 4;
      const int32_t left = shown[row % 8 * 4 + word % 4][row / 8 + word / 4 * 2];
      const int32_t right = shown[column * 4 + word % 4][4 + word / 4];
      sum += static_cast<uint32_t>(static_cast<int8_t>(left >> k % 4 * 8) * static_cast<int8_t>(right >> k % 4 * 8));
    }
    c[i] = static_cast<int32_t>(sum);
  }
}

}  // namespace twin

#endif
