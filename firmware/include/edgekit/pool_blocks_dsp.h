/* Blocks of channels of one pooling window, for pool_2d_dsp.c alone: 8 channels of whole words by LDM, or 4 anywhere. A
 * window has two or three lines of one to three values, constants wherever these functions are called; all are inside the image.
 * A line of a window goes on from block to block. */
#ifndef EDGEKIT_POOL_BLOCKS_DSP_H
#define EDGEKIT_POOL_BLOCKS_DSP_H

#include "edgekit/arch_dsp.h"

/* Where a window's lines begin, and its output; every block moves them by its channels. */
typedef struct {
  const int8_t *line[3];
  int8_t *y;
} window_t;

#define UNUSED __attribute__((unused)) /* arguments that only the assembly reads */
#define ALWAYS static inline __attribute__((always_inline))

static inline void put(int8_t *y, uint32_t four) { memcpy(y, &four, 4); }

/* A value's four channels lie `step` bytes from the value's before it. */
ALWAYS uint32_t largest_word(const window_t *w, int32_t step, int32_t lines, int32_t values) {
  uint32_t best = 0;
  for (int32_t i = 0; i < 3; ++i) {
    const int8_t *x = w->line[i];
    if (i < lines) {
      best = i == 0 ? ek_load4(x) : ek_larger8(best, ek_load4(x));
      best = values < 2 ? best : ek_larger8(best, ek_load4(x + step));
      best = values < 3 ? best : ek_larger8(best, ek_load4(x + 2 * step));
    }
  }
  return best;
}

ALWAYS void moved(window_t *w, int32_t by) {
  w->line[0] += by;
  w->line[1] += by;
  w->line[2] += by;
  w->y += by;
}

ALWAYS void largest_4(window_t *w, int32_t step, int32_t lines, int32_t values) {
  put(w->y, largest_word(w, step, lines, values));
  moved(w, 4);
}

#if EK_DSP_INSTRUCTIONS

/* The larger bytes of A and B to A; the difference itself is of no use, but takes a register. */
#define LARGER(A, B) " ssub8 %[s], " A ", " B "\n sel " A ", " A ", " B "\n"
#define FIRST(AT) " ldm " AT ", {r4, r5}\n"
#define NEXT(AT) " ldm " AT ", {r6, r7}\n" LARGER("r4", "r6") LARGER("r5", "r7")
#define STORE " stm %[y]!, {r4, r5}\n"

/* A line's own values last, so that its address moves on; those beside it by %[s]. */
#define SECOND(X) " add %[s], %[" X "], %[step]\n"
#define THIRD(X) " add %[s], %[" X "], %[step], lsl #1\n"
#define OWN(X) NEXT("%[" X "]!")
#define TWO_OF(X) SECOND(X) NEXT("%[s]") OWN(X)
#define THREE_OF(X) SECOND(X) NEXT("%[s]") THIRD(X) NEXT("%[s]") OWN(X)
#define TWO FIRST("%[a]!") OWN("b")
#define FOUR SECOND("a") FIRST("%[s]") OWN("a") TWO_OF("b")
#define NINE SECOND("a") FIRST("%[s]") THIRD("a") NEXT("%[s]") OWN("a") THREE_OF("b") THREE_OF("c")

/* `count` times 8 channels of whole words. */
#define BLOCKS(TEXT, ...)                                                                                  \
  __asm volatile("1:\n" TEXT STORE " subs %[n], #1\n bne 1b\n"                                            \
                 : [a] "+r"(w->line[0]), [b] "+r"(w->line[1]), [y] "+r"(w->y), [n] "+r"(count),            \
                   [s] "=&r"(s) __VA_ARGS__                                                                \
                 : [step] "r"(step)                                                                        \
                 : "r4", "r5", "r6", "r7", "cc", "memory")
ALWAYS void largest_8(window_t *w, int32_t count, int32_t step, int32_t lines, int32_t values) {
  uint32_t s;
  if (lines == 3) {
    BLOCKS(NINE, , [c] "+r"(w->line[2]));
  } else if (values == 2) {
    BLOCKS(FOUR);
  } else {
    BLOCKS(TWO);
  }
}

/* Four words of `count` values that lie `step` bytes apart, added to `best`. */
static inline void larger_of_line(uint32_t *best, const int8_t *x, int32_t count, int32_t step) {
  uint32_t a = best[0], b = best[1], c = best[2], d = best[3], s, t, u;
  __asm volatile("1:\n ldrd %[t], %[u], [%[x]]\n" LARGER("%[a]", "%[t]") LARGER("%[b]", "%[u]")
                 " ldrd %[t], %[u], [%[x], #8]\n" LARGER("%[c]", "%[t]") LARGER("%[d]", "%[u]")
                 " add %[x], %[x], %[step]\n subs %[n], #1\n bne 1b\n"
                 : [a] "+r"(a), [b] "+r"(b), [c] "+r"(c), [d] "+r"(d), [x] "+r"(x), [n] "+r"(count), [s] "=&r"(s),
                   [t] "=&r"(t), [u] "=&r"(u)
                 : [step] "r"(step)
                 : "cc", "memory");
  best[0] = a, best[1] = b, best[2] = c, best[3] = d;
}

#define SUM(EVEN, ODD, T) \
  " sxtab16 " EVEN ", " EVEN ", " T "\n sxtab16 " ODD ", " ODD ", " T ", ror #8\n"
/* Sums of theirs: of bytes 0 and 2 of each word, then of its bytes 1 and 3. A function of its own, for it has all registers. */
static __attribute__((naked, noinline)) void sums_of_line(
    uint32_t *sum UNUSED, const int8_t *x UNUSED, int32_t count UNUSED, int32_t step UNUSED
) {
  __asm volatile(
      " push {r0, r4-r11, lr}\n ldm r0, {r4-r11}\n"
      "1:\n ldrd r0, r12, [r1]\n" SUM("r4", "r5", "r0") SUM("r6", "r7", "r12")
      " ldrd r0, r12, [r1, #8]\n" SUM("r8", "r9", "r0") SUM("r10", "r11", "r12")
      " add r1, r1, r3\n subs r2, #1\n bne 1b\n"
      " pop {r0}\n stm r0, {r4-r11}\n pop {r4-r11, pc}\n");
}

#else

ALWAYS void largest_8(window_t *w, int32_t count, int32_t step, int32_t lines, int32_t values) {
  for (int32_t n = 2 * count; n > 0; --n) {
    largest_4(w, step, lines, values);
  }
}
static inline void larger_of_line(uint32_t *best, const int8_t *x, int32_t count, int32_t step) {
  for (; count > 0; --count, x += step) {
    for (int32_t i = 0; i < 4; ++i) {
      best[i] = ek_larger8(best[i], ek_load4(x + 4 * i));
    }
  }
}
static inline void sums_of_line(uint32_t *sum, const int8_t *x, int32_t count, int32_t step) {
  for (; count > 0; --count, x += step) {
    for (int32_t i = 0; i < 4; ++i) {
      sum[2 * i] = ek_sxtab16(sum[2 * i], ek_load4(x + 4 * i));
      sum[2 * i + 1] = ek_sxtab16_odd(sum[2 * i + 1], ek_load4(x + 4 * i));
    }
  }
}

#endif
#endif
