// What an encoder computes beside recurrent layers and matrix products; dev.armature.encoder.cuda.Kernels
// says what each kernel gives. Compiled at run time by NVRTC for the GPU that is found, so that nothing is
// included. Sums go over their terms in an order that depends on sizes alone: no atomics.
//
// The shapes of blocks are those of LaunchedKernels.

// Threads next to each other that take a column each, and those below that share its rows.
#define COLUMNS 32
#define ROWS 16
// Threads that share a row; a power of two.
#define ROW_THREADS 128
// Width of a tile that is transposed. One column more keeps a tile's columns in different banks.
#define TILE 32

// Every thread takes each number that is a whole number of grids from its first.
#define FOR_EACH(i, length)                                                               \
  for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < (length);      \
       i += (long long)gridDim.x * blockDim.x)

// PyTorch's defaults.
#define NORM_EPSILON 1e-5
#define NORM_MOMENTUM 0.1
#define LENGTH_EPSILON 1e-12

// Sums a column's parts; all threads of the block take part, and all of a column get the sum.
__device__ static double column_sum(double part, double (*parts)[COLUMNS]) {
  parts[threadIdx.y][threadIdx.x] = part;
  __syncthreads();
  double sum = 0;
  for (int y = 0; y < ROWS; y++) {
    sum += parts[y][threadIdx.x];
  }
  // The next sum goes through the same memory.
  __syncthreads();
  return sum;
}

// Sums a row's parts in a tree; all threads of the block get the sum.
__device__ static double row_sum(double part, double* parts) {
  parts[threadIdx.x] = part;
  __syncthreads();
  for (unsigned int half = ROW_THREADS / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) {
      parts[threadIdx.x] += parts[threadIdx.x + half];
    }
    __syncthreads();
  }
  double sum = parts[0];
  __syncthreads();
  return sum;
}

extern "C" __global__ void norm_train(
    const float* values, float* unit, float* result, int rows, int features, const float* weight,
    const float* bias, float* running_mean, float* running_variance) {
  __shared__ double parts[ROWS][COLUMNS];
  int f = blockIdx.x * COLUMNS + threadIdx.x;
  bool in = f < features;
  double part = 0;
  for (int row = threadIdx.y; in && row < rows; row += ROWS) {
    part += values[(long long)row * features + f];
  }
  double mean = column_sum(part, parts) / rows;
  float shift = (float)mean;
  part = 0;
  for (int row = threadIdx.y; in && row < rows; row += ROWS) {
    double centred = values[(long long)row * features + f] - shift;
    part += centred * centred;
  }
  double squares = column_sum(part, parts);
  if (!in) {
    return;
  }
  double variance = squares / rows;
  float scale = (float)(1 / sqrt(variance + NORM_EPSILON));
  for (int row = threadIdx.y; row < rows; row += ROWS) {
    long long i = (long long)row * features + f;
    float u = (values[i] - shift) * scale;
    unit[i] = u;
    result[i] = u * weight[f] + bias[f];
  }
  if (threadIdx.y == 0) {
    double unbiased = rows > 1 ? squares / (rows - 1) : variance;
    running_mean[f] = (float)((1 - NORM_MOMENTUM) * running_mean[f] + NORM_MOMENTUM * mean);
    running_variance[f] =
        (float)((1 - NORM_MOMENTUM) * running_variance[f] + NORM_MOMENTUM * unbiased);
  }
}

extern "C" __global__ void norm_evaluate(
    const float* values, float* result, long long length, int features, const float* weight,
    const float* bias, const float* mean, const float* variance) {
  FOR_EACH(i, length) {
    int f = (int)(i % features);
    float scale = (float)(weight[f] / sqrt((double)variance[f] + NORM_EPSILON));
    result[i] = (values[i] - mean[f]) * scale + bias[f];
  }
}

extern "C" __global__ void norm_backward(
    const float* gradient, const float* unit, int rows, int features, float* by_weight,
    float* by_bias) {
  __shared__ double parts[ROWS][COLUMNS];
  int f = blockIdx.x * COLUMNS + threadIdx.x;
  bool in = f < features;
  double along = 0;
  double plain = 0;
  for (int row = threadIdx.y; in && row < rows; row += ROWS) {
    long long i = (long long)row * features + f;
    along += (double)gradient[i] * unit[i];
    plain += gradient[i];
  }
  double weight_sum = column_sum(along, parts);
  double bias_sum = column_sum(plain, parts);
  if (in && threadIdx.y == 0) {
    by_weight[f] = (float)weight_sum;
    by_bias[f] = (float)bias_sum;
  }
}

extern "C" __global__ void reverse_frames(
    const float* source, float* target, int frames, int width) {
  FOR_EACH(i, (long long)frames * width) {
    long long frame = i / width;
    target[(frames - 1 - frame) * width + i % width] = source[i];
  }
}

extern "C" __global__ void add_frames(
    const float* first, const float* second, float* sum, int frames, int width, int reversed) {
  FOR_EACH(i, (long long)frames * width) {
    long long frame = i / width;
    long long other = reversed ? frames - 1 - frame : frame;
    sum[i] = first[i] + second[other * width + i % width];
  }
}

extern "C" __global__ void join(
    const float* first, const float* second, float* both, int frames, int sequences, int hidden,
    int reversed) {
  FOR_EACH(i, (long long)frames * sequences * hidden) {
    long long row = i / hidden;
    int unit = (int)(i % hidden);
    long long frame = row / sequences;
    long long other =
        reversed ? (frames - 1 - frame) * sequences + row % sequences : row;
    both[row * 2 * hidden + unit] = first[i];
    both[row * 2 * hidden + hidden + unit] = second[other * hidden + unit];
  }
}

extern "C" __global__ void split_sum(
    const float* by_first, const float* by_second, float* first, float* second, int frames,
    int sequences, int hidden, int reversed) {
  FOR_EACH(i, (long long)frames * sequences * hidden) {
    long long row = i / hidden;
    int unit = (int)(i % hidden);
    long long frame = row / sequences;
    long long other =
        reversed ? (frames - 1 - frame) * sequences + row % sequences : row;
    long long here = row * 2 * hidden + unit;
    long long there = other * 2 * hidden + unit;
    first[i] = by_first[here] + by_second[there];
    second[other * hidden + unit] = by_first[here + hidden] + by_second[there + hidden];
  }
}

extern "C" __global__ void split(
    const float* both, float* first, float* second, int rows, int half) {
  FOR_EACH(i, (long long)rows * half) {
    long long place = i / half * 2 * half + i % half;
    first[i] = both[place];
    second[i] = both[place + half];
  }
}

extern "C" __global__ void add_bias(
    float* values, const float* bias, long long length, int width, int rectify) {
  FOR_EACH(i, length) {
    float sum = values[i] + bias[i % width];
    // What is no number stays none.
    values[i] = rectify && sum < 0 ? 0 : sum;
  }
}

extern "C" __global__ void mask_unless_positive(
    float* gradient, const float* values, long long length) {
  FOR_EACH(i, length) {
    gradient[i] = values[i] > 0 ? gradient[i] : 0;
  }
}

extern "C" __global__ void sum_rows(const float* values, float* sum, int rows, int width) {
  __shared__ double parts[ROWS][COLUMNS];
  int column = blockIdx.x * COLUMNS + threadIdx.x;
  double part = 0;
  for (int row = threadIdx.y; column < width && row < rows; row += ROWS) {
    part += values[(long long)row * width + column];
  }
  double total = column_sum(part, parts);
  if (column < width && threadIdx.y == 0) {
    sum[column] = (float)total;
  }
}

extern "C" __global__ void unit_length(
    const float* values, float* unit, float* lengths, int width) {
  __shared__ double parts[ROW_THREADS];
  long long start = (long long)blockIdx.x * width;
  double squares = 0;
  for (int i = threadIdx.x; i < width; i += ROW_THREADS) {
    squares += (double)values[start + i] * values[start + i];
  }
  double length = sqrt(row_sum(squares, parts));
  double divisor = length > LENGTH_EPSILON ? length : LENGTH_EPSILON;
  for (int i = threadIdx.x; i < width; i += ROW_THREADS) {
    unit[start + i] = (float)(values[start + i] / divisor);
  }
  if (threadIdx.x == 0) {
    lengths[blockIdx.x] = (float)length;
  }
}

extern "C" __global__ void unit_backward(
    const float* gradient, const float* unit, const float* lengths, float* result, int width) {
  __shared__ double parts[ROW_THREADS];
  long long start = (long long)blockIdx.x * width;
  double length = lengths[blockIdx.x];
  double product = 0;
  for (int i = threadIdx.x; i < width; i += ROW_THREADS) {
    product += (double)unit[start + i] * gradient[start + i];
  }
  double along = row_sum(product, parts);
  // A shorter row was scaled by a constant, and so is its gradient.
  bool scaled = length > LENGTH_EPSILON;
  double divisor = scaled ? length : LENGTH_EPSILON;
  for (int i = threadIdx.x; i < width; i += ROW_THREADS) {
    double across = gradient[start + i] - (scaled ? unit[start + i] * along : 0);
    result[start + i] = (float)(across / divisor);
  }
}

extern "C" __global__ void descend(
    float* parameters, float* velocity, const float* gradient, long long length,
    float learning_rate, float momentum, float weight_decay) {
  FOR_EACH(i, length) {
    float v = momentum * velocity[i] + gradient[i] + weight_decay * parameters[i];
    velocity[i] = v;
    parameters[i] -= learning_rate * v;
  }
}

extern "C" __global__ void average(
    float* key, const float* query, long long length, float kept, float taken) {
  FOR_EACH(i, length) {
    key[i] = kept * key[i] + taken * query[i];
  }
}

// Of rows × columns, rows source_stride apart, the transpose, rows target_stride apart.
extern "C" __global__ void transpose(
    const float* source, int source_stride, float* target, int target_stride, int rows,
    int columns) {
  __shared__ float tile[TILE][TILE + 1];
  int column = blockIdx.x * TILE + threadIdx.x;
  int top = blockIdx.y * TILE;
  for (int y = threadIdx.y; y < TILE; y += blockDim.y) {
    if (column < columns && top + y < rows) {
      tile[y][threadIdx.x] = source[(long long)(top + y) * source_stride + column];
    }
  }
  __syncthreads();
  int row = top + threadIdx.x;
  for (int y = threadIdx.y; y < TILE; y += blockDim.y) {
    int across = blockIdx.x * TILE + y;
    if (row < rows && across < columns) {
      target[(long long)across * target_stride + row] = tile[threadIdx.x][y];
    }
  }
}

extern "C" __global__ void to_bfloat16(
    const float* values, unsigned short* rounded, long long length) {
  FOR_EACH(i, length) {
    union { float number; unsigned int bits; } value;
    value.number = values[i];
    if ((value.bits & 0x7fffffffu) > 0x7f800000u) {
      // No number: rounding could make it infinite.
      rounded[i] = (unsigned short)(value.bits >> 16 | 0x40u);
    } else {
      unsigned int even = value.bits >> 16 & 1u;
      rounded[i] = (unsigned short)((value.bits + 0x7fffu + even) >> 16);
    }
  }
}

extern "C" __global__ void from_bfloat16(
    const unsigned short* rounded, float* values, long long length) {
  FOR_EACH(i, length) {
    union { float number; unsigned int bits; } value;
    value.bits = (unsigned int)rounded[i] << 16;
    values[i] = value.number;
  }
}
