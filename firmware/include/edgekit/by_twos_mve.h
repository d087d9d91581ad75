/* Two windows times four filters on Helium, for cycles: what `conv_2d_by_twos_mve.c` and `conv_2d_by_twos_once_mve.c` share.
 *
 * Windows: pixels where the kernel is 1x1, strips in scratch otherwise, as in conv_2d_mve.c. Two of them, a and b, lie at any
 * distance: beside each other, or below each other where the width is odd. The last two of a line may be computed twice.
 *
 * Blocking: pair by pair of windows, 4 filters at a time, 16 bytes at a time: 6 loads and 8 products take turns, which the core
 * executes two at a time. The requantization of a block fills the gaps between the next block's first products (`HEAD`); its
 * sums leave the accumulators when its last ones are taken (`TAIL`). Filters and constants are one stream in the order of use.
 *
 * Registers: sums of a in r0 r2 r4 r6, of b in r8 r10 r12 lr; then q6, q7, filters in the order 0 2 1 3, as VMOV takes pairs
 * of lanes. q4 q5 windows; q0 q1 q2 filters: one and two are loaded before their vector, three takes the place of one. q3
 * constants. r1 stream, r3 r9 windows, r7 r5 outputs (stores of words want a low register), r11 output zero point, or rounds.
 *
 * The including file defines HEAD(at1, at2, a, b), the first two vectors of a block with the requantization of the one before
 * (a, b: what else a block of two takes; at1, at2: where windows lie), LAST, the requantization of a pair's last block,
 * CONSTANTS, the bytes of a block's, and the loops over blocks of known length: BLOCKS_OF_3, of 4, of more vectors, which begin
 * with the first block's third, and SECOND_BLOCK(code), the code where blocks come by twos. */
#ifndef EDGEKIT_BY_TWOS_MVE_H
#define EDGEKIT_BY_TWOS_MVE_H

#include "edgekit/conv_2d_by_twos_mve.h"
#include "edgekit/strips_mve.h"

#define UNUSED __attribute__((unused))

/* Pairs of windows, as the assembly takes them. */
typedef struct {
  const int8_t *end; /* of the filters in the stream */
  int32_t out_zero;
  const int8_t *x; /* of a */
  int32_t apart;   /* from a to b */
  int32_t trips, skipped;
  const int8_t *stream;
  int32_t pairs, x_step, y_more; /* y_more: from behind one pair's outputs to the next ones */
  int8_t *y;
  int32_t y_apart;
} job_t;

#define NEXT(q) "vldrb.8 " q ", [r1], #16\n"
#define A(at) "vldrb.8 q4, [r3" at "\n"
#define B(at) "vldrb.8 q5, [r9" at "\n"
#define DOT(op, acc, w, x) "v" op ".s8 " acc ", " w ", " x "\n"
/* A vector of 4 filters times 2 windows; `at`: where the windows' next ones lie; c, d: what may take turns with it. */
#define VECTOR(op, at, c, d)                                                                                    \
  DOT(op, "r0", "q0", "q4") NEXT("q2") DOT(op, "r8", "q0", "q5") NEXT("q0")                                     \
  DOT(op, "r2", "q1", "q4") c DOT(op, "r10", "q1", "q5") NEXT("q1")                                             \
  DOT(op, "r4", "q0", "q4") d DOT(op, "r12", "q0", "q5") NEXT("q0")                                             \
  DOT(op, "r6", "q2", "q4") A(at) DOT(op, "lr", "q2", "q5") B(at)
#define MORE(at) VECTOR("mladava", at, "", "")
#define MORE_WITH(at, c, d) VECTOR("mladava", at, c, d)
/* How sums leave the accumulators. */
#define FIRST_A "vmov q6[2], q6[0], r0, r2\n"
#define FIRST_B "vmov q7[2], q7[0], r8, r10\n"
#define LANES_A "vmov q6[3], q6[1], r4, r6\n"
#define LANES_B "vmov q7[3], q7[1], r12, lr\n"
/* The first products of a block while the sums of the one before come to lanes, and the first constants. */
#define SUMS_TO_LANES                                                                                           \
  DOT("mladav", "r0", "q0", "q4") LANES_A NEXT("q3")                                                            \
  DOT("mladav", "r8", "q0", "q5") LANES_B NEXT("q0")                                                            \
  DOT("mladav", "r2", "q1", "q4") "vadd.i32 q6, q6, q3\n"                                                       \
  DOT("mladav", "r10", "q1", "q5") "vadd.i32 q7, q7, q3\n"                                                      \
  DOT("mladav", "r4", "q0", "q4") NEXT("q3")                                                                    \
  DOT("mladav", "r12", "q0", "q5") NEXT("q2")
/* The last vector of a block; `at`: of the windows' first ones. */
#define TAIL(at)                                                                                                \
  DOT("mladava", "r0", "q0", "q4") NEXT("q2") DOT("mladava", "r2", "q1", "q4") NEXT("q3")                       \
  DOT("mladava", "r8", "q0", "q5") FIRST_A DOT("mladava", "r10", "q1", "q5") NEXT("q1")                         \
  DOT("mladava", "r4", "q3", "q4") NEXT("q0") DOT("mladava", "r12", "q3", "q5") FIRST_B                         \
  DOT("mladava", "r6", "q2", "q4") A(at) DOT("mladava", "lr", "q2", "q5") B(at)

/* Stack: 0 end, 4 output zero point, 8 a, 12 b, 16 trips, 20 code of the first trip, 24 stream, 28 pairs, 32 x_step, 36 y_more. */
#define BEGIN(code)                                                                                             \
  "push {r4-r11, lr}\n sub sp, #4\n vpush {d8-d15}\n sub sp, #40\n"                                             \
  "ldm r0!, {r1, r2, r3, r4, r5, r6, r7, r8}\n ldm r0, {r9, r10, r11, r12}\n" code                              \
  "add r4, r3\n stm sp, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n mov r7, r11\n add r5, r7, r12\n mov r11, r2\n"
#define PAIR(at0, at1)                                                                                          \
  ".balign 4\n.Lpair%=:\n ldrd r3, r9, [sp, #8]\n ldr r1, [sp, #24]\n"                                          \
  NEXT("q1") A(at0) NEXT("q0") B(at0)                                                                           \
  VECTOR("mladav", at1, "", "")
/* The last block's requantization, and the next pair. */
#define NEXT_PAIR                                                                                               \
  LAST                                                                                                          \
  "ldrd r2, r4, [sp, #32]\n ldrd r3, r9, [sp, #8]\n ldr r0, [sp, #28]\n"                                        \
  "add r3, r2\n add r9, r2\n strd r3, r9, [sp, #8]\n add r7, r4\n add r5, r4\n"                                 \
  "subs r0, #1\n str r0, [sp, #28]\n bne .Lpair%=\n"                                                            \
  "add sp, #40\n vpop {d8-d15}\n add sp, #4\n pop {r4-r11, pc}\n"

/* Windows of known length: no loop. `start`, `second`, `third`: where the first block's first vectors
 * lie; `blocks`: of the including file, all but the first two vectors of the first block. */
#define PAIRS(name, start, second, third, blocks)                                                        \
  __attribute__((naked, noinline)) static void name(const job_t *job UNUSED) {                                  \
    __asm volatile(BEGIN("") PAIR(start, second) MORE(third) blocks NEXT_PAIR ::: "memory");                    \
  }
#define MORE_BLOCKS "ldr r0, [sp]\n cmp r1, r0\n bne .Lblock%=\n"
#define AT_1 ", #16]"
#define AT_2 ", #32]"
#define AT_3 ", #48]"
#define AT_4 ", #64]"
#define REST_OF_8 MORE(", #80]") MORE(", #96]") MORE(", #112]")
#define GO_ON "], #16"
#define ONE MORE(GO_ON)
/* Of nine the last one is beyond the reach of offsets: it moves back to the second, from where the first is loaded. */
#define BEFORE ", #-16]"
#define REST_OF_9 ONE ONE ONE MORE("], #-112")
#define GO_BACK "ldrd r3, r9, [sp, #8]\n"
PAIRS(pairs_of_3, "]", AT_1, AT_2, BLOCKS_OF_3("]", AT_1, AT_2))
PAIRS(pairs_of_4, "]", AT_1, AT_2, BLOCKS_OF_4("]", AT_1, AT_2, AT_3))
PAIRS(pairs_of_8, "]", AT_1, AT_2, BLOCKS_OF_MORE("]", AT_1, AT_2, AT_3, AT_4, REST_OF_8))
PAIRS(pairs_of_9, GO_ON, GO_ON, GO_ON, BLOCKS_OF_MORE(BEFORE, GO_ON, GO_ON, GO_ON, GO_ON, REST_OF_9))

__attribute__((naked, noinline)) static void pairs_of_2(const job_t *job UNUSED) {
  __asm volatile(BEGIN("") PAIR("]", AT_1) TAIL("]") "b .Lended%=\n"
                 ".balign 4\n.Lblock%=:\n" HEAD(AT_1, "]", FIRST_A, FIRST_B)
                 ".Lended%=:\n" SECOND_BLOCK(HEAD(AT_1, "]", FIRST_A, FIRST_B)) MORE_BLOCKS NEXT_PAIR ::: "memory");
}

#define ENTER "ldr r11, [sp, #16]\n ldr pc, [sp, #20]\n"
__attribute__((naked, noinline)) static void pairs_of_many(const job_t *job UNUSED) {
  __asm volatile(BEGIN("adr.w r0, .Lround%=\n add r6, r0\n orr r6, #1\n")
                 PAIR(GO_ON, GO_ON) ONE ENTER
                 ".balign 4\n.Lround%=:\n" ONE ONE ONE ONE ONE ONE ONE ONE ONE ONE ONE ONE ONE ONE ONE
                 "subs r11, #1\n bne .Lround%=\n"
                 GO_BACK TAIL(GO_ON)
                 "ldrd r0, r11, [sp]\n cmp r1, r0\n beq .Lended%=\n"
                 HEAD(GO_ON, GO_ON, "", "") ENTER
                 ".Lended%=:\n" NEXT_PAIR ::: "memory");
}

typedef void pairs_t(const job_t *job);

static inline job_t job_of(const ek_conv_2d_by_twos_mve_t *p) {
  return (job_t){.end = p->stream + p->size - CONSTANTS, .out_zero = p->out_zero, .trips = p->trips, .skipped = p->skipped,
                 .stream = p->stream};
}

/* `count` > 1 windows beside each other, `step` bytes apart. */
static inline void beside(pairs_t *pairs, job_t *job, const int8_t *x, int8_t *y, int32_t count, int32_t step, int32_t out_c) {
  job->apart = step;
  job->x_step = 2 * step;
  job->y_more = job->y_apart = out_c;
  job->x = x;
  job->y = y;
  job->pairs = count / 2;
  pairs(job);
  if (count % 2) {
    job->x = x + (count - 2) * step;
    job->y = y + (count - 2) * out_c;
    job->pairs = 1;
    pairs(job);
  }
}

static inline void pixels(const ek_conv_2d_by_twos_mve_t *p, const int8_t *x, int8_t *y, pairs_t *pairs) {
  job_t job = job_of(p);
  beside(pairs, &job, x, y, p->batches * p->out_h * p->out_w, p->in_c, p->out_c);
}

static inline void strips(const ek_conv_2d_by_twos_mve_t *p, const int8_t *x, int8_t *y, int8_t *scratch, pairs_t *pairs) {
  job_t job = job_of(p);
  ek_strips_mve_t strip = EK_STRIPS_OF(p);
  const int32_t column = p->kernel_h * p->in_c, step = p->stride_w * column, line = p->out_w * p->out_c;
  int first_one = 1;
  strip.spreads = ek_spread(&strip);
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * p->in_w * p->in_c, y += p->out_h * line) {
    if (!p->down) {
      for (int32_t oy = 0; oy < p->out_h; ++oy, first_one = 0) {
        ek_strip(&strip, x, oy, scratch, first_one);
        beside(pairs, &job, scratch, y + oy * line, p->out_w, step, p->out_c);
      }
    } else {
      for (int32_t oy = 0; oy < p->out_h; oy += 2, first_one = 0) {
        const int32_t upper = oy + 1 < p->out_h ? oy : oy - 1;
        job.x = scratch;
        job.apart = strip.columns * column;
        job.pairs = p->out_w;
        job.x_step = step;
        job.y = y + upper * line;
        job.y_apart = line;
        job.y_more = 0;
        ek_strip(&strip, x, upper, scratch, first_one);
        ek_strip(&strip, x, upper + 1, scratch + job.apart, first_one);
        pairs(&job);
      }
    }
  }
}

#define EK_PIXELS(name, pairs)                                                                                   \
  void ek_##name(const ek_conv_2d_by_twos_mve_t *p, const int8_t *x, int8_t *y) { pixels(p, x, y, pairs); }
#define EK_STRIPS(name, pairs)                                                                                   \
  void ek_##name(const ek_conv_2d_by_twos_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {              \
    strips(p, x, y, (int8_t *)scratch, pairs);                                                                   \
  }
/* All functions of a kernel. */
#define EK_BY_TWOS(name)                                                                                         \
  EK_PIXELS(name##_64, pairs_of_4) \
  EK_PIXELS(name##_128, pairs_of_8) \
  EK_PIXELS(name, pairs_of_many) \
  EK_STRIPS(name##_strips_32, pairs_of_2) \
  EK_STRIPS(name##_strips_48, pairs_of_3) \
  EK_STRIPS(name##_strips_144, pairs_of_9) \
  EK_STRIPS(name##_strips, pairs_of_many)

#endif
