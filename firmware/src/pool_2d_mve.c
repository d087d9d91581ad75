/* What `ek_average_pool_2d` and `ek_max_pool_2d` compute, on Helium.
 *
 * Blocking: 16 channels of a pixel (average: 8). Windows of two values (_two), 2x2 or four in a row (_four), and 3x3 (_nine), that are inside the
 * image are runs of a row; where channels are few (_few: up to 7; _words: 4 or 8), a vector has as many pixels of them as it
 * has room for, by gathers of bytes or words whose offsets are the same for all. Others, and those at the edges, go line by line; lines of a window that is as
 * wide as the image are one, averages of 16 channels and more by 16.
 * Registers: q0 result, q1 next value, q7 offsets of gathers; else by the compiler.
 * Budget: 16 channels of windows of two, four and nine values: 5, 11 and 25 instructions, averages of four 13 for 8; 6 a pixel.
 * _few, _words: 8, 14 and 29 for a vector; a core loads the parts of a gather one by one. Others: 4 for a value's 16 channels, averages' 6, and about 50.
 *
 * An average of these sizes multiplies by the least integer above 2^15 / count, others by that above 2^31 / count, and rounds:
 * a quotient that is a little too large for positive sums and too small for negative ones, so that ties go away from zero. */
#include "edgekit/pool_2d_mve.h"

#include <arm_mve.h>

#include "edgekit/pool_runs.h"

/* Vectors `step` bytes apart, each given to `update` in q1. */
#define EACH(load, update, total)                                                                      \
  __asm volatile(                                                                                      \
      "dls lr, %[count]\n"                                                                             \
      "1:\n" load " q1, [%[x]]\n add %[x], %[step]\n" update " %q[sum], %q[sum], q1\n le lr, 1b\n"     \
      : [x] "+r"(at), [sum] "+w"(total) : [count] "r"(w->columns), [step] "r"(p->in_c) : "lr", "q1", "memory")

/* Sums of two vectors of 8 bytes next to each other. */
static inline void sums_of_line(int16x8_t *a, int16x8_t *b, const int8_t *x, int32_t count, int32_t step) {
  int16x8_t first = *a, second = *b;
  __asm volatile(
      "dls lr, %[count]\n"
      "1:\n vldrb.s16 q1, [%[x]]\n vadd.i16 %q[a], %q[a], q1\n vldrb.s16 q1, [%[x], #8]\n add %[x], %[step]\n"
      " vadd.i16 %q[b], %q[b], q1\n le lr, 1b\n"
      : [x] "+l"(x), [a] "+w"(first), [b] "+w"(second) : [count] "r"(count), [step] "r"(step) : "lr", "q1", "memory");
  *a = first, *b = second;
}

static int32x4_t rounded(int32x4_t sum, int32_t count) { return vqrdmulhq_n_s32(sum, (int32_t)(0x80000000U / (uint32_t)count) + 1); }

static int16x8_t divided(int16x8_t sum, int32_t count) {
  if (count == 1) {
    return sum;
  }
  const int16x8_t even = vmovnbq_s32(sum, rounded(vmovlbq_s16(sum), count));
  return vmovntq_s32(even, rounded(vmovltq_s16(sum), count));
}

static void average(const ek_pool_2d_t *p, const inside_t *w, int8_t *y) {
  const int32_t count = w->rows * w->columns;
  int32_t c = 0;
  for (; c + 16 <= p->in_c; c += 16) {
    int16x8_t a = vdupq_n_s16(0), b = a;
    const int8_t *row = w->x + c;
    for (int32_t r = w->rows; r > 0; --r, row += w->pitch) {
      sums_of_line(&a, &b, row, w->columns, p->in_c);
    }
    vstrbq_s16(y + c, divided(a, count));
    vstrbq_s16(y + c + 8, divided(b, count));
  }
  for (; c < p->in_c; c += 8) {
    const mve_pred16_t lanes = vctp16q((uint32_t)(p->in_c - c));
    int16x8_t sum = vdupq_n_s16(0);
    const int8_t *row = w->x + c;
    for (int32_t r = w->rows; r > 0; --r, row += w->pitch) {
      const int8_t *at = row;
      for (int32_t i = w->columns; i > 0; --i, at += p->in_c) {
        sum = vaddq_s16(sum, vldrbq_z_s16(at, lanes));
      }
    }
    vstrbq_p_s16(y + c, divided(sum, count), lanes);
  }
}

static void maximum(const ek_pool_2d_t *p, const inside_t *w, int8_t *y) {
  for (int32_t c = 0; c < p->in_c; c += 16) {
    const mve_pred16_t lanes = vctp8q((uint32_t)(p->in_c - c));
    int8x16_t best = vdupq_n_s8(INT8_MIN);
    const int8_t *row = w->x + c;
    for (int32_t r = w->rows; r > 0; --r, row += w->pitch) {
      const int8_t *at = row;
      if (p->in_c - c >= 16) {
        EACH("vldrb.u8", "vmax.s8", best);
      } else {
        for (int32_t i = w->columns; i > 0; --i, at += p->in_c) {
          best = vmaxq_s8(best, vldrbq_z_s8(at, lanes));
        }
      }
    }
    vstrbq_p_s8(y + c, best, lanes);
  }
}

#define MAX_AT(Q, X) " vldrb.u8 " Q ", [%[" X "]]\n"
#define MAX_OWN(Q, X) " vldrb.u8 " Q ", [%[" X "]], #16\n"
#define MAX_WITH " vmax.s8 q0, q0, q1\n"
#define ON(X) " add %[" X "], %[" X "], %[on]\n"
#define FEW_AT(Q, X) " vldrb.u8 " Q ", [%[" X "], %q[places]]\n"
#define FEW_OWN(Q, X) FEW_AT(Q, X) ON(X)
#define FEW_WITH MAX_WITH
#define WORDS_AT(Q, X) " vldrw.u32 " Q ", [%[" X "], %q[places]]\n"
#define WORDS_OWN(Q, X) WORDS_AT(Q, X) ON(X)
#define WORDS_WITH MAX_WITH
#define SUM_AT(Q, X) " vldrb.s16 " Q ", [%[" X "]]\n"
#define SUM_OWN(Q, X) " vldrb.s16 " Q ", [%[" X "]], #8\n"
#define SUM_WITH " vadd.i16 q0, q0, q1\n"

/* Values of a window's lines, which begin at %[a], %[b], %[c]: of each the first one last, so that its address moves on. */
#define SECOND(X) " add %[t], %[" X "], %[step]\n"
#define THIRD " add %[t], %[t], %[step]\n"
#define OWN(K, X) K##_OWN("q1", X) K##_WITH
#define BESIDE(K) K##_AT("q1", "t") K##_WITH
#define TWO(K) K##_OWN("q0", "a") OWN(K, "b")
#define FOUR(K) SECOND("a") K##_AT("q0", "t") OWN(K, "a") SECOND("b") BESIDE(K) OWN(K, "b")
#define THREE_OF(K, X) SECOND(X) BESIDE(K) THIRD BESIDE(K) OWN(K, X)
#define NINE(K) SECOND("a") K##_AT("q0", "t") THIRD BESIDE(K) OWN(K, "a") THREE_OF(K, "b") THREE_OF(K, "c")

/* Addresses of loads that widen are low registers. */
#define LINES [a] "+l"(a), [b] "+l"(b), [c] "+l"(c), [y] "+l"(y), [n] "+r"(n), [t] "=&l"(t)
#define BY_CHANNELS(VALUES, LANES, STORE)                                                                         \
  __asm volatile("2:\n dlstp." LANES " lr, %[step]\n1:\n" VALUES STORE " letp lr, 1b\n"                          \
                 " add %[a], %[a], %[skip]\n add %[b], %[b], %[skip]\n add %[c], %[c], %[skip]\n"                \
                 " add %[y], %[y], %[back]\n subs %[n], #1\n bne 2b\n"                                           \
                 : LINES                                                                                          \
                 : [step] "r"(step), [skip] "r"(step * p->stride_w - moved), [back] "r"(step - moved),            \
                   [factor] "r"(factor)                                                                           \
                 : "lr", "q0", "q1", "cc", "memory")
#define BY_PIXELS(VALUES)                                                                                         \
  __asm volatile(" dlstp.8 lr, %[n]\n1:\n" VALUES " vstrb.8 q0, [%[y]]\n add %[y], %[y], %[moved]\n letp lr, 1b\n" \
                 : LINES                                                                                          \
                 : [step] "r"(step), [on] "r"(moved * p->stride_w), [moved] "r"(moved), [places] "w"(places)      \
                 : "lr", "q0", "q1", "memory")

#define ARGUMENTS const ek_pool_2d_t *p, const int8_t *x, int8_t *y, int32_t n
/* A window of one row has halves of it as its lines. */
#define BEGIN                                                                                                     \
  const int32_t step = p->in_c, apart = step * (p->kernel_h > 1 ? p->in_w : p->kernel_w / 2);                                  \
  const int8_t *a = x, *b = x + apart, *c = b + apart, *t;

#define LARGEST(NAME, TEXT)                                                                                       \
  static void NAME(ARGUMENTS) {                                                                                   \
    BEGIN const int32_t moved = (step + 15) & -16, factor = 0;                                                    \
    BY_CHANNELS(TEXT(MAX), "8", " vstrb.8 q0, [%[y]], #16\n");                                                    \
  }
#define AVERAGE(NAME, TEXT, COUNT)                                                                                \
  static void NAME(ARGUMENTS) {                                                                                   \
    BEGIN const int32_t moved = (step + 7) & -8, factor = (1 << 15) / (COUNT) + 1;                                \
    BY_CHANNELS(TEXT(SUM), "16", " vqrdmulh.s16 q0, q0, %[factor]\n vstrb.16 q0, [%[y]], #8\n");                 \
  }
#define LARGEST_OF_PIXELS(NAME, PLACES, TEXT)                                                                     \
  static void NAME(ARGUMENTS) {                                                                                   \
    BEGIN const int32_t pixels = 16 / step, moved = pixels * step;                                                \
    const uint8x16_t places = PLACES(step, step * (p->stride_w - 1));                                             \
    const int32_t before = (n - 1) / pixels;                                                                      \
    n = 16 * before + (n - before * pixels) * step;                                                               \
    BY_PIXELS(TEXT);                                                                                              \
  }

/* Where the channels of as many pixels as fit are, a pixel's `apart` bytes after the end of the pixel's before it; the first
 * pixel's again where none is. */
static uint8x16_t bytes_of(int32_t channels, int32_t apart) {
  const uint8x16_t lanes = vidupq_n_u8(0, 1), scale = vdupq_n_u8((uint8_t)(256 / channels + 1));
  const uint8x16_t pixels = channels == 1 ? lanes : vmulhq_u8(lanes, scale);
  const uint8x16_t places = vaddq_u8(lanes, vmulq_n_u8(pixels, (uint8_t)apart));
  return vpselq_u8(places, vdupq_n_u8(0), vctp8q((uint32_t)(16 / channels * channels)));
}

/* Of 4 or 8 channels, words. */
static uint8x16_t words_of(int32_t channels, int32_t apart) {
  const uint32x4_t lanes = vidupq_n_u32(0, 4), pixels = vshrq_n_u32(lanes, 2);
  const uint32x4_t of_pixels = channels == 8 ? vshrq_n_u32(pixels, 1) : pixels;
  return vreinterpretq_u8_u32(vmlaq_n_u32(lanes, of_pixels, (uint32_t)apart));
}

static void limit(int8_t *y, int32_t count, int32_t low, int32_t high) {
  for (; count > 0; count -= 16, y += 16) {
    const mve_pred16_t lanes = vctp8q((uint32_t)count);
    const int8x16_t values = vmaxq_s8(vldrbq_z_s8(y, lanes), vdupq_n_s8((int8_t)low));
    vstrbq_p_s8(y, vminq_s8(values, vdupq_n_s8((int8_t)high)), lanes);
  }
}

#define KERNEL(NAME, ONE, RUN) \
  void ek_##NAME##_mve(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y) { pool(p, x, y, ONE, RUN, limit); }
LARGEST(largest_of_two, TWO)
LARGEST(largest_of_four, FOUR)
LARGEST(largest_of_nine, NINE)
LARGEST_OF_PIXELS(few_of_two, bytes_of, TWO(FEW))
LARGEST_OF_PIXELS(words_of_two, words_of, TWO(WORDS))
LARGEST_OF_PIXELS(few_of_four, bytes_of, FOUR(FEW))
LARGEST_OF_PIXELS(words_of_four, words_of, FOUR(WORDS))
LARGEST_OF_PIXELS(few_of_nine, bytes_of, NINE(FEW))
LARGEST_OF_PIXELS(words_of_nine, words_of, NINE(WORDS))
AVERAGE(average_of_two, TWO, 2)
AVERAGE(average_of_four, FOUR, 4)
AVERAGE(average_of_nine, NINE, 9)
KERNEL(max_pool_2d, maximum, 0)
KERNEL(max_pool_2d_two, maximum, largest_of_two)
KERNEL(max_pool_2d_four, maximum, largest_of_four)
KERNEL(max_pool_2d_nine, maximum, largest_of_nine)
KERNEL(max_pool_2d_two_few, maximum, few_of_two)
KERNEL(max_pool_2d_two_words, maximum, words_of_two)
KERNEL(max_pool_2d_four_few, maximum, few_of_four)
KERNEL(max_pool_2d_four_words, maximum, words_of_four)
KERNEL(max_pool_2d_nine_few, maximum, few_of_nine)
KERNEL(max_pool_2d_nine_words, maximum, words_of_nine)
KERNEL(average_pool_2d, average, 0)
KERNEL(average_pool_2d_two, average, average_of_two)
KERNEL(average_pool_2d_four, average, average_of_four)
KERNEL(average_pool_2d_nine, average, average_of_nine)
