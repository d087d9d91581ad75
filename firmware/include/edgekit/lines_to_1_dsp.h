/* The words in which conv_2d_lines_to_1_dsp.c writes its blocks: instructions on a core, statements elsewhere. */
#ifndef EDGEKIT_LINES_TO_1_DSP_H
#define EDGEKIT_LINES_TO_1_DSP_H

#include <stddef.h>

#include "edgekit/arch_dsp.h"
#include "edgekit/assembly_dsp.h"
#include "edgekit/conv_2d_lines_to_1_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef ek_conv_2d_lines_to_1_dsp_t params_t;

_Static_assert(offsetof(params_t, out_w) == offsetof(params_t, before) + 16, "the assembly's order");

#if EK_DSP_INSTRUCTIONS

#define PACKED 9
#define EVEN 12
#define ODD 14
#define TEXT_OF(X) #X
#define TEXT(X) TEXT_OF(X)
#define R(N) "r" TEXT(N)
#define TAKE(FIRST, LAST) "  ldmia.w r0!, {" R(FIRST) "-" R(LAST) "}\n"
#define ACCUMULATE(SUM, X, W) TAP(R(SUM), R(X), R(W))
#define LOAD(AT) "  ldr.w r12, " AT "\n  sxtb16 lr, r12, ror #8\n  sxtb16 r12, r12\n"
#define LOAD_PAIR(AT) "  ldrsh.w r12, " AT "\n  sxtb lr, r12\n  pkhbt r12, lr, r12, lsl #8\n"
#define LOAD_AND_PACK_FIRST(AT) LOAD(AT) "  pkhbt r9, r12, lr, lsl #16\n"
#define LOAD_AND_PACK_LAST(AT) LOAD(AT) "  pkhtb r9, lr, r12, asr #16\n"
#define ROW_0(STEP) "[r1], #" TEXT(STEP)
#define ROW_1 "[r1, r10]"
#define ROW_2 "[r1, r10, lsl #1]"
#define ROW_3 "[r1, r11]"
#define ROW_4 "[r1, r10, lsl #2]"
#define CONSTANTS "  ldmia.w r0, {r6, r7, r8}\n  ldmia.w sp, {r0, r9, r12, lr}\n"
#define CONSTANTS_AND_ON "  ldmia.w r0!, {r6, r7, r8}\n  ldmia.w sp, {r5, r9, r12, lr}\n"
#define NEXT "  str.w r9, [sp, #4]\n"
#define LAST_OF_LINE
#define OUT(SUM, TO) REQUANTIZE(R(SUM), "r6", "r7", "r8") "  strb " R(SUM) ", " TO "\n"
#define UPPER_OUT(SUM) OUT(SUM, "[r9], #1")
#define LOWER_OUT(SUM) OUT(SUM, "[r9, lr]")

#else

enum { PACKED = 9, EVEN = 12, ODD = 14 };

typedef struct {
  const params_t *p;
  const int8_t *x;
  const int32_t *stream;
  int8_t *y;
  int32_t r[15];
} state_t;

/* Apart: there are hundreds of calls, which inline take seconds to compile. */
#ifdef __GNUC__
#define STEP_OF(NAME, ...) __attribute__((noinline)) static void NAME(state_t *s, __VA_ARGS__)
#else
#define STEP_OF(NAME, ...) static void NAME(state_t *s, __VA_ARGS__)
#endif

STEP_OF(take, int32_t first, int32_t last) {
  for (int32_t i = first; i <= last; ++i) {
    s->r[i] = *s->stream++;
  }
}
STEP_OF(add, int32_t sum, int32_t x, int32_t w) { s->r[sum] = ek_smlad((uint32_t)s->r[x], (uint32_t)s->r[w], s->r[sum]); }
STEP_OF(load, int32_t row, int32_t step) {
  const uint32_t word = ek_load4(s->x + row * s->p->pitch);
  s->r[EVEN] = (int32_t)ek_sxtb16(word);
  s->r[ODD] = (int32_t)ek_sxtb16_odd(word);
  s->x += step;
}
STEP_OF(load_pair, int32_t row, int32_t step) {
  const int8_t *const x = s->x + row * s->p->pitch;
  s->r[EVEN] = (int32_t)ek_pack_low((uint32_t)x[0], (uint32_t)x[1]);
  s->x += step;
}
STEP_OF(pack, int32_t last) {
  const uint32_t even = (uint32_t)s->r[EVEN], odd = (uint32_t)s->r[ODD];
  s->r[PACKED] = (int32_t)(last ? ek_pack_high(even, odd) : ek_pack_low(even, odd));
}
STEP_OF(out, int8_t *y, int32_t sum) { *y = ek_requantize(s->r[sum], s->stream[0], s->stream[1], s->stream[2]); }

#define TAKE(FIRST, LAST) take(s, FIRST, LAST);
#define ACCUMULATE(SUM, X, W) add(s, SUM, X, W);
#define LOAD(...) load(s, __VA_ARGS__);
#define LOAD_PAIR(...) load_pair(s, __VA_ARGS__);
#define LOAD_AND_PACK_FIRST(...) LOAD(__VA_ARGS__) pack(s, 0);
#define LOAD_AND_PACK_LAST(...) LOAD(__VA_ARGS__) pack(s, 1);
#define ROW_0(STEP) 0, STEP
#define ROW_1 1, 0
#define ROW_2 2, 0
#define ROW_3 3, 0
#define ROW_4 4, 0
#define CONSTANTS
#define CONSTANTS_AND_ON
#define NEXT s->stream += 3;
#define LAST_OF_LINE NEXT
#define UPPER_OUT(SUM) out(s, s->y++, SUM);
#define LOWER_OUT(SUM) out(s, s->y + s->p->out_w, SUM);

#endif

#ifdef __cplusplus
}
#endif
#endif
