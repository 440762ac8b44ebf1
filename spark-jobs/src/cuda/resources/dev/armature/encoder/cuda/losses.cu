
// What losses over a queue of keys compute beside matrix products; dev.armature.encoder.cuda.LossKernels
// says what each kernel gives. A block takes a row, the similarities of one embedding with the whole queue.

// Threads that share a row, and those of them that add up the sums of others.
#define LOSS_THREADS 256
#define LOSS_GROUPS 16

// Neighbours that are listed at a time where their keys are added up.
#define LOSS_LISTED 512

#define LOWEST (-3.402823466e+38f)

// Puts what each thread of a block has into one number for each group; all threads may read them
// afterwards. No barrier is needed before the next call: who comes here again has passed two.
template <class Combine>
__device__ static double combined(double part, double* parts, Combine combine) {
  parts[threadIdx.x] = part;
  __syncthreads();
  if (threadIdx.x < LOSS_GROUPS) {
    double group = parts[threadIdx.x];
    for (int i = threadIdx.x + LOSS_GROUPS; i < LOSS_THREADS; i += LOSS_GROUPS) {
      group = combine(group, parts[i]);
    }
    parts[LOSS_THREADS + threadIdx.x] = group;
  }
  __syncthreads();
  double all = parts[LOSS_THREADS];
  for (int i = 1; i < LOSS_GROUPS; i++) {
    all = combine(all, parts[LOSS_THREADS + i]);
  }
  return all;
}

struct Sum {
  __device__ double operator()(double a, double b) const { return a + b; }
};

struct Greatest {
  __device__ double operator()(double a, double b) const { return b > a ? b : a; }
};

__device__ static float greatest_of(const float* row, int length, double* parts) {
  float part = LOWEST;
  for (int i = threadIdx.x; i < length; i += LOSS_THREADS) {
    part = row[i] > part ? row[i] : part;
  }
  return (float)combined(part, parts, Greatest());
}

// An integer that orders as the number does; -0 as 0, and what is no number above all. Negative floats order backwards
// by their bits.
__device__ static unsigned int order_of(float number) {
  if (number != number) {
    return ~0u;
  }
  union { float number; unsigned int bits; } value;
  value.number = number == 0 ? 0 : number;
  return value.bits & 0x80000000u ? ~value.bits : value.bits | 0x80000000u;
}

// How many numbers of a row order as one or above.
__device__ static int count_from(
    const float* row, int length, unsigned int least, double* parts) {
  int part = 0;
  for (int i = threadIdx.x; i < length; i += LOSS_THREADS) {
    part += order_of(row[i]) >= least;
  }
  return (int)combined(part, parts, Sum());
}

// How many of the first numbers of a row order as one does.
__device__ static int count_equal(
    const float* row, int length, unsigned int order, double* parts) {
  int part = 0;
  for (int i = threadIdx.x; i < length; i += LOSS_THREADS) {
    part += order_of(row[i]) == order;
  }
  return (int)combined(part, parts, Sum());
}

// Which of a row are chosen: all above the least one, and of those equal to it the first ones.
struct Chosen {
  unsigned int least;
  int last;

  __device__ bool has(float number, int position) const {
    unsigned int order = order_of(number);
    return order > least || (order == least && position <= last);
  }
};

// Chooses the greatest of a row, as many as are wanted, at least 1 of them.
__device__ static Chosen choose(const float* row, int length, int wanted, double* parts) {
  // The least that is chosen, bit by bit: the greatest that as many as are wanted reach.
  unsigned int least = 0;
  int reached = length;
  for (int bit = 31; bit >= 0; bit--) {
    unsigned int tried = least | 1u << bit;
    int count = count_from(row, length, tried, parts);
    if (count >= wanted) {
      least = tried;
      reached = count;
    }
  }
  // Of those equal to it the first ones are chosen, up to this position.
  int last = length - 1;
  if (reached > wanted) {
    int equals = wanted - (reached - count_equal(row, length, least, parts));
    int top = 0;
    while (top < 30 && 1 << (top + 1) < length) {
      top++;
    }
    last = 0;
    for (int bit = top; bit >= 0; bit--) {
      int tried = last | 1 << bit;
      if (tried < length && count_equal(row, tried, least, parts) < equals) {
        last = tried;
      }
    }
  }
  return {least, last};
}

extern "C" __global__ void neighbours(float* similarities, int queue, int wanted, float scale) {
  __shared__ double parts[LOSS_THREADS + LOSS_GROUPS];
  float* row = similarities + (long long)blockIdx.x * queue;
  Chosen chosen = choose(row, queue, wanted, parts);
  float shift = greatest_of(row, queue, parts);
  double part = 0;
  for (int i = threadIdx.x; i < queue; i += LOSS_THREADS) {
    if (chosen.has(row[i], i)) {
      part += expf((row[i] - shift) * scale);
    }
  }
  float inverse = (float)(1 / combined(part, parts, Sum()));
  for (int i = threadIdx.x; i < queue; i += LOSS_THREADS) {
    row[i] = chosen.has(row[i], i) ? expf((row[i] - shift) * scale) * inverse : -1;
  }
}

// Which of a row are aggregated: all that are similar enough, or the most similar of them.
struct Correlated {
  int count;
  bool bounded;
  float least;
  Chosen chosen;

  __device__ bool has(float number, int position) const {
    return count > 0 && (bounded ? chosen.has(number, position) : number >= least);
  }
};

__device__ static Correlated correlate(
    const float* row, int length, int most, float least, double* parts) {
  int part = 0;
  for (int i = threadIdx.x; i < length; i += LOSS_THREADS) {
    part += row[i] >= least;
  }
  int count = (int)combined(part, parts, Sum());
  Correlated correlated = {count, false, least, {0, 0}};
  if (count > most) {
    correlated.count = most;
    correlated.bounded = true;
    if (most > 0) {
      correlated.chosen = choose(row, length, most, parts);
    }
  }
  return correlated;
}

extern "C" __global__ void aggregate(
    float* similarities, const float* keys, const float* queue_keys, float* aggregates,
    float* counts, int queue, int embedding, int most, float least, float scale) {
  __shared__ double parts[LOSS_THREADS + LOSS_GROUPS];
  __shared__ int found[LOSS_THREADS];
  __shared__ int positions[LOSS_LISTED];
  __shared__ double weights[LOSS_LISTED];
  float* row = similarities + (long long)blockIdx.x * queue;
  const float* key = keys + (long long)blockIdx.x * embedding;
  float* aggregated = aggregates + (long long)blockIdx.x * embedding;
  Correlated correlated = correlate(row, queue, most, least, parts);
  // The key's similarity with itself is 1.
  double part = 1;
  int own = 0;
  for (int i = threadIdx.x; i < queue; i += LOSS_THREADS) {
    if (correlated.has(row[i], i)) {
      part = row[i] > part ? row[i] : part;
      own++;
    }
  }
  double greatest = combined(part, parts, Greatest());
  found[threadIdx.x] = own;
  __syncthreads();
  // Neighbours are listed by thread, then by position.
  int first = 0;
  for (int i = 0; i < (int)threadIdx.x; i++) {
    first += found[i];
  }
  double squares = 0;
  for (int start = 0; start < embedding; start += LOSS_THREADS) {
    int column = start + threadIdx.x;
    double sum = column < embedding ? exp((1 - greatest) * scale) * key[column] : 0;
    for (int from = 0; from < correlated.count; from += LOSS_LISTED) {
      int place = first - from;
      for (int i = threadIdx.x; i < queue && place < LOSS_LISTED; i += LOSS_THREADS) {
        if (correlated.has(row[i], i)) {
          if (place >= 0) {
            positions[place] = i;
            weights[place] = exp((row[i] - greatest) * scale);
          }
          place++;
        }
      }
      __syncthreads();
      int listed = correlated.count - from < LOSS_LISTED ? correlated.count - from : LOSS_LISTED;
      for (int i = 0; column < embedding && i < listed; i++) {
        sum += weights[i] * queue_keys[(long long)positions[i] * embedding + column];
      }
      // The next ones are listed in the same memory.
      __syncthreads();
    }
    if (column < embedding) {
      aggregated[column] = (float)sum;
      squares += sum * sum;
    }
  }
  double length = sqrt(combined(squares, parts, Sum()));
  // A lone key stays what it is, to the bit.
  double inverse = correlated.count > 0 ? 1 / length : 1;
  for (int i = threadIdx.x; i < embedding; i += LOSS_THREADS) {
    aggregated[i] = (float)(aggregated[i] * inverse);
  }
  for (int i = threadIdx.x; i < queue; i += LOSS_THREADS) {
    row[i] = correlated.has(row[i], i) ? 1 : -1;
  }
  if (threadIdx.x == 0) {
    counts[blockIdx.x] = correlated.count;
  }
}

extern "C" __global__ void agree(
    const float* teacher, float* consensus, long long length, float share, int first) {
  FOR_EACH(i, length) {
    float before = first ? -1 : consensus[i];
    float probability = teacher[i];
    if (probability < 0) {
      consensus[i] = before;
    } else {
      consensus[i] = (before < 0 ? 0 : before) + probability * share;
    }
  }
}

__device__ static float product(
    const float* first, const float* second, int length, double* parts) {
  double part = 0;
  for (int i = threadIdx.x; i < length; i += LOSS_THREADS) {
    part += (double)first[i] * second[i];
  }
  return (float)combined(part, parts, Sum());
}

// What a row of the keys that are left out says of one of them; without such a row none is.
__device__ static bool left_out(const float* excluded, int i) {
  return excluded != 0 && !(excluded[i] < 0);
}

extern "C" __global__ void contrast(
    const float* similarities, const float* queries, const float* keys, const float* excluded,
    float* coefficients, float* gradient, float* losses, int queue, int embedding, float scale,
    float factor) {
  __shared__ double parts[LOSS_THREADS + LOSS_GROUPS];
  const float* row = similarities + (long long)blockIdx.x * queue;
  const float* without = excluded == 0 ? excluded : excluded + (long long)blockIdx.x * queue;
  float* derivatives = coefficients + (long long)blockIdx.x * queue;
  long long start = (long long)blockIdx.x * embedding;
  float positive = product(queries + start, keys + start, embedding, parts);
  float greatest = positive;
  for (int i = threadIdx.x; i < queue; i += LOSS_THREADS) {
    if (row[i] > greatest && !left_out(without, i)) {
      greatest = row[i];
    }
  }
  float shift = (float)combined(greatest, parts, Greatest());
  double part = 0;
  for (int i = threadIdx.x; i < queue; i += LOSS_THREADS) {
    float exponential = left_out(without, i) ? 0 : expf((row[i] - shift) * scale);
    derivatives[i] = exponential;
    part += exponential;
  }
  double logit = (double)scale * (positive - shift);
  double total = combined(part, parts, Sum()) + exp(logit);
  float each = (float)((double)factor * scale / total);
  for (int i = threadIdx.x; i < queue; i += LOSS_THREADS) {
    derivatives[i] *= each;
  }
  double loss = log(total) - logit;
  float own = (float)((double)factor * scale * expm1(-loss));
  for (int i = threadIdx.x; i < embedding; i += LOSS_THREADS) {
    gradient[start + i] += own * keys[start + i];
  }
  if (threadIdx.x == 0) {
    losses[blockIdx.x] = (float)loss;
  }
}

extern "C" __global__ void distil(
    const float* similarities, const float* teacher, float* coefficients, float* losses, int queue,
    float scale, float factor) {
  __shared__ double parts[LOSS_THREADS + LOSS_GROUPS];
  const float* row = similarities + (long long)blockIdx.x * queue;
  const float* probabilities = teacher + (long long)blockIdx.x * queue;
  float* derivatives = coefficients + (long long)blockIdx.x * queue;
  // Relative to the neighbours' greatest, so that their exponentials cannot all vanish.
  float part = LOWEST;
  for (int i = threadIdx.x; i < queue; i += LOSS_THREADS) {
    if (!(probabilities[i] < 0)) {
      part = row[i] > part ? row[i] : part;
    }
  }
  float shift = (float)combined(part, parts, Greatest());
  double exponentials = 0;
  for (int i = threadIdx.x; i < queue; i += LOSS_THREADS) {
    if (!(probabilities[i] < 0)) {
      exponentials += expf((row[i] - shift) * scale);
    }
  }
  double sum = combined(exponentials, parts, Sum());
  double log_sum = log(sum);
  float inverse = (float)(1 / sum);
  float each = (float)((double)factor * scale);
  double divergence = 0;
  for (int i = threadIdx.x; i < queue; i += LOSS_THREADS) {
    float probability = probabilities[i];
    if (!(probability < 0)) {
      derivatives[i] += each * (expf((row[i] - shift) * scale) * inverse - probability);
      if (probability != 0) {
        double logarithm = (double)scale * (row[i] - shift) - log_sum;
        divergence += probability * (log((double)probability) - logarithm);
      }
    }
  }
  double loss = combined(divergence, parts, Sum());
  if (threadIdx.x == 0) {
    losses[blockIdx.x] = (float)loss;
  }
}

extern "C" __global__ void mine(
    const float* similarities, const float* queries, const float* keys, const float* teacher,
    float* coefficients, float* gradient, float* losses, int queue, int embedding, int mined,
    float scale, float factor, int log_of_sum) {
  __shared__ double parts[LOSS_THREADS + LOSS_GROUPS];
  const float* row = similarities + (long long)blockIdx.x * queue;
  const float* probabilities = teacher + (long long)blockIdx.x * queue;
  float* derivatives = coefficients + (long long)blockIdx.x * queue;
  long long start = (long long)blockIdx.x * embedding;
  float positive = product(queries + start, keys + start, embedding, parts);
  double steepness = (double)factor * scale;
  double loss;
  double own;
  if (log_of_sum) {
    float part = positive;
    for (int i = threadIdx.x; i < queue; i += LOSS_THREADS) {
      if (!(probabilities[i] < 0)) {
        part = row[i] > part ? row[i] : part;
      }
    }
    float shift = (float)combined(part, parts, Greatest());
    double likelihoods = 0;
    for (int i = threadIdx.x; i < queue; i += LOSS_THREADS) {
      if (!(probabilities[i] < 0)) {
        likelihoods += exp(((double)row[i] - shift) * scale);
      }
    }
    double logit = ((double)positive - shift) * scale;
    double sum = combined(likelihoods, parts, Sum()) + exp(logit);
    for (int i = threadIdx.x; i < queue; i += LOSS_THREADS) {
      if (!(probabilities[i] < 0)) {
        derivatives[i] -= (float)(steepness * (exp(((double)row[i] - shift) * scale) / sum));
      }
    }
    loss = logit - log(sum);
    own = steepness * (1 - exp(logit) / sum);
  } else {
    double share = 1.0 / (1 + mined);
    double part = 0;
    for (int i = threadIdx.x; i < queue; i += LOSS_THREADS) {
      if (!(probabilities[i] < 0)) {
        part += (double)positive - row[i];
        derivatives[i] -= (float)(steepness * share);
      }
    }
    loss = combined(part, parts, Sum()) * share * scale;
    own = steepness * (1 - share);
  }
  for (int i = threadIdx.x; i < embedding; i += LOSS_THREADS) {
    gradient[start + i] += (float)own * keys[start + i];
  }
  if (threadIdx.x == 0) {
    losses[blockIdx.x] = (float)loss;
  }
}
