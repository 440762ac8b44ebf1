// Runs the kernels on the processor: one block after the other, its threads as fibers that take turns at
// barriers. Threads may also be taken from the last to the first: results must not depend on it.

#include <math.h>
#include <string.h>
#include <ucontext.h>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

struct Index {
  unsigned int x, y, z;
};
static Index threadIdx, blockIdx, blockDim, gridDim;

static void barrier();

#define __global__
#define __device__
#define __shared__ static
#define __syncthreads barrier
#include "kernels.cu"

namespace {

constexpr size_t STACK = 64 * 1024;

struct Fiber {
  ucontext_t context;
  std::vector<char> stack;
  bool finished;
};

ucontext_t scheduler;
std::vector<Fiber> fibers;
size_t current;
bool waiting;
std::function<void()> body;

void run_fiber() {
  body();
  fibers[current].finished = true;
}

// Runs one block; false if some threads ended while others waited.
bool run_block(bool backwards) {
  size_t count = (size_t)blockDim.x * blockDim.y;
  if (fibers.size() < count) {
    fibers.resize(count);
  }
  for (size_t i = 0; i < count; i++) {
    Fiber& fiber = fibers[i];
    fiber.stack.resize(STACK);
    fiber.finished = false;
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.stack.data();
    fiber.context.uc_stack.ss_size = STACK;
    fiber.context.uc_link = &scheduler;
    makecontext(&fiber.context, run_fiber, 0);
  }
  while (true) {
    size_t waited = 0;
    for (size_t i = 0; i < count; i++) {
      current = backwards ? count - 1 - i : i;
      threadIdx = {(unsigned)(current % blockDim.x), (unsigned)(current / blockDim.x), 0};
      waiting = false;
      swapcontext(&scheduler, &fibers[current].context);
      waited += waiting;
    }
    if (waited == 0) {
      return true;
    }
    if (waited < count) {
      return false;
    }
  }
}

template <class T>
T argument(const long long& cell) {
  T value;
  memcpy(&value, &cell, sizeof value);
  return value;
}

template <class... A, size_t... I>
std::function<void(const long long*)> wrap(void (*kernel)(A...), std::index_sequence<I...>) {
  return [kernel](const long long* cells) { kernel(argument<A>(cells[I])...); };
}

template <class... A>
std::function<void(const long long*)> wrap(void (*kernel)(A...)) {
  return wrap(kernel, std::index_sequence_for<A...>());
}

#define KERNEL(name) {#name, wrap(name)}

const std::map<std::string, std::function<void(const long long*)>>& kernels() {
  static const std::map<std::string, std::function<void(const long long*)>> all = {
      KERNEL(norm_train),    KERNEL(norm_evaluate), KERNEL(norm_backward),
      KERNEL(reverse_frames), KERNEL(add_frames),   KERNEL(join),
      KERNEL(split_sum),     KERNEL(split),         KERNEL(add_bias),
      KERNEL(mask_unless_positive), KERNEL(sum_rows), KERNEL(unit_length),
      KERNEL(unit_backward), KERNEL(descend),       KERNEL(average),
      KERNEL(transpose),     KERNEL(to_bfloat16),   KERNEL(from_bfloat16),
      KERNEL(neighbours),    KERNEL(agree),         KERNEL(contrast),
      KERNEL(distil),        KERNEL(mine),          KERNEL(aggregate)};
  return all;
}

}  // namespace

static void barrier() {
  waiting = true;
  size_t self = current;
  swapcontext(&fibers[self].context, &scheduler);
}

// 0: done, 1: there is no such kernel, 2: threads of a block parted at a barrier.
extern "C" int launch_on_host(
    const char* name, int blocks_x, int blocks_y, int threads_x, int threads_y,
    const long long* cells, int backwards) {
  auto found = kernels().find(name);
  if (found == kernels().end()) {
    return 1;
  }
  gridDim = {(unsigned)blocks_x, (unsigned)blocks_y, 1};
  blockDim = {(unsigned)threads_x, (unsigned)threads_y, 1};
  body = [&] { found->second(cells); };
  for (int y = 0; y < blocks_y; y++) {
    for (int x = 0; x < blocks_x; x++) {
      blockIdx = {(unsigned)x, (unsigned)y, 0};
      if (!run_block(backwards != 0)) {
        return 2;
      }
    }
  }
  return 0;
}
