/* What `ek_reduce` computes where the reduced axes are next to each other, on Helium: x is [outer][terms][inner].
 *
 * Blocking: 32, 16 or 8 of `inner`, over all terms; the last 8 overlap those before. Up to 256 terms are summed in 16 bits,
 * more of them by parts, in 32. Where `inner` is 1, 16 terms at a time, VADDVA. The second VQRDMULH of the requantization is
 * exact, which the packer checks.
 * Registers: q0 to q3 sums, q4 and q5 what is added.
 * Budget: 10 instructions for 32 values, 6 for 16, 4 for 8; 3 for 16 of a line; 34 for 8 outputs. */
#include "edgekit/reduce_mve.h"

#include <arm_mve.h>

#define MOST 256 /* terms: times -128 it just fits 16 bits */
#define WIDEST 32

#if defined(__GNUC__) && !defined(__clang__)
#define ROLLED _Pragma("GCC unroll 1") /* a loop of few rounds as one */
#else
#define ROLLED
#endif
#define CLEAR(q) "vmov.i32 " q ", #0\n"
#define PLUS(q, from, at) "vldrb.s16 " from ", [%[x], #" at "]\n vadd.i16 " q ", " q ", " from "\n"
#define KEEP(q, at) "vstrh.16 " q ", [%[sums], #" at "]\n"
/* Rows `pitch` bytes apart. */
#define ROWS(clear, plus, keep)                                                                          \
  __asm volatile(                                                                                        \
      clear "dls lr, %[terms]\n"                                                                         \
      "1:\n" plus "add %[x], %[pitch]\n le lr, 1b\n" keep                                                \
      : [x] "+l"(x)                                                                                      \
      : [terms] "r"(terms), [pitch] "r"(pitch), [sums] "l"(sums), [channels] "r"(channels)               \
      : "lr", "q0", "q1", "q2", "q3", "q4", "q5", "memory")

static inline void sum_rows(const int8_t *x, int32_t terms, int32_t pitch, int32_t channels, int16_t *sums) {
  if (channels == WIDEST) {
    ROWS(CLEAR("q0") CLEAR("q1") CLEAR("q2") CLEAR("q3"),
         PLUS("q0", "q4", "0") PLUS("q1", "q5", "8") PLUS("q2", "q4", "16") PLUS("q3", "q5", "24"),
         KEEP("q0", "0") KEEP("q1", "16") KEEP("q2", "32") KEEP("q3", "48"));
  } else if (channels == 16) {
    ROWS(CLEAR("q0") CLEAR("q1"), PLUS("q0", "q4", "0") PLUS("q1", "q5", "8"), KEEP("q0", "0") KEEP("q1", "16"));
  } else if (channels == 8) {
    ROWS(CLEAR("q0"), PLUS("q0", "q4", "0"), KEEP("q0", "0"));
  } else {
    ROWS(CLEAR("q0") "vctp.16 %[channels]\n", "vpst\n vldrbt.s16 q4, [%[x]]\n vadd.i16 q0, q0, q4\n", KEEP("q0", "0"));
  }
}

/* Eight, from sums of even and of odd ones; those of `lanes` are stored. */
static inline void requantized(const ek_reduce_mve_t *p, int32x4_t even, int32x4_t odd, int8_t *y, mve_pred16_t lanes) {
  const int32x4_t second = vdupq_n_s32(p->second);
  even = vqrdmulhq_n_s32(vaddq_n_s32(even, p->offset), p->multiplier);
  odd = vqrdmulhq_n_s32(vaddq_n_s32(odd, p->offset), p->multiplier);
  even = vqrdmlashq_n_s32(even, second, p->out_zero);
  odd = vqrdmlashq_n_s32(odd, second, p->out_zero);
  const int16x8_t halves = vqmovntq_s32(vqmovnbq_s32(vdupq_n_s16(0), even), odd);
  vstrbq_p_s16(y, vreinterpretq_s16_s8(vqmovnbq_s16(vdupq_n_s8(0), halves)), lanes);
}

/* Of 32, 16, 8 or fewer of `inner`. */
static __attribute__((noinline)) void block(const ek_reduce_mve_t *p, const int8_t *x, int8_t *y, int32_t channels) {
  int16_t sums[WIDEST];
  int32_t totals[WIDEST]; /* by eights, even ones before odd ones */
  for (int32_t left = p->terms; left > 0; left -= MOST, x += MOST * p->inner) {
    sum_rows(x, left < MOST ? left : MOST, p->inner, channels, sums);
    ROLLED for (int32_t c = 0; c < channels; c += 8) {
      const int16x8_t some = vldrhq_s16(sums + c);
      int32x4_t even = vmovlbq_s16(some), odd = vmovltq_s16(some);
      if (left != p->terms) {
        even = vaddq_s32(even, vldrwq_s32(totals + c));
        odd = vaddq_s32(odd, vldrwq_s32(totals + c + 4));
      }
      if (left > MOST) {
        vstrwq_s32(totals + c, even);
        vstrwq_s32(totals + c + 4, odd);
      } else {
        requantized(p, even, odd, y + c, vctp16q((uint32_t)(channels - c)));
      }
    }
  }
}

void ek_reduce_mve(const ek_reduce_mve_t *p, const int8_t *x, int8_t *y) {
  for (int32_t o = 0; o < p->outer; ++o, x += p->terms * p->inner, y += p->inner) {
    for (int32_t c = 0, channels; c < p->inner; c += channels) {
      const int32_t left = p->inner - c;
      channels = left >= WIDEST ? WIDEST : left >= 16 ? 16 : p->inner >= 8 ? 8 : left;
      const int32_t first = left < channels ? p->inner - channels : c;
      block(p, x + first, y + first, channels);
    }
  }
}

void ek_reduce_lines_mve(const ek_reduce_mve_t *p, const int8_t *x, int8_t *y) {
  int32_t totals[8] = {0};
  for (int32_t o = 0; o < p->outer; o += 8, y += 8) {
    const int32_t outputs = p->outer - o < 8 ? p->outer - o : 8;
    ROLLED for (int32_t i = 0; i < outputs; ++i) {
      const int8_t *from = x + (o + i) * p->terms;
      int32_t sum = 0;
      __asm volatile(
          "wlstp.8 lr, %[terms], 2f\n"
          "1: vldrb.8 q0, [%[from]], #16\n vaddva.s8 %[sum], q0\n letp lr, 1b\n"
          "2:\n" : [from] "+r"(from), [sum] "+Te"(sum) : [terms] "r"(p->terms) : "lr", "q0", "memory");
      totals[i % 2 * 4 + i / 2] = sum;
    }
    requantized(p, vldrwq_s32(totals), vldrwq_s32(totals + 4), y, vctp16q((uint32_t)outputs));
  }
}
