/* Planes of conv_2d_planes_dsp.c: rows of the input as words of two channels of a pixel. */
#ifndef EDGEKIT_PLANES_DSP_H
#define EDGEKIT_PLANES_DSP_H

#include <stddef.h>

#include "edgekit/arch_dsp.h"
#include "edgekit/conv_2d_planes_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef ek_conv_2d_planes_dsp_t params_t;
typedef void expand_t(uint32_t *to, const int8_t *from, int32_t rows, const params_t *p);

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(params_t, plane) == 12, "four words in the assembly's order");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* `rows` rows of the input to planes, and a word of padding behind them. Registers: r0, r2, r3 planes, r1 from, r4 pixels that
 * are left, r5-r12 data, lr rows; on the stack fours, ones, in_zero, plane. Where the planes of the first row begin, what is done
 * before a row, with the padding in r5, of four pixels, of one, and behind a row are the macro's. */
#define EXPAND(NAME, PLANES, BEGIN, FOUR, ONE_MORE, END)                                     \
  __attribute__((naked, noinline)) static void NAME(uint32_t *to, const int8_t *from, int32_t rows, const params_t *p) { \
    __asm__ volatile(                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                    \
        "  mov lr, r2\n"                                                                     \
        "  ldmia.w r3, {r3, r4, r5, r6}\n"                                                   \
        "  push {r3, r4, r5, r6}\n" PLANES                                                   \
        "1:\n"                                                                               \
        "  ldr r5, [sp, #8]\n"                                                               \
        "  ldr r4, [sp]\n"                                                                   \
        "  str r5, [r0], #4\n" BEGIN                                                         \
        "  cbz r4, 3f\n"                                                                     \
        "2:\n" FOUR                                                                          \
        "  subs r4, #1\n"                                                                    \
        "  bne 2b\n"                                                                         \
        "3:\n"                                                                               \
        "  ldr r4, [sp, #4]\n"                                                               \
        "  cbz r4, 5f\n"                                                                     \
        "4:\n" ONE_MORE                                                                      \
        "  subs r4, #1\n"                                                                    \
        "  bne 4b\n"                                                                         \
        "5:\n" END                                                                           \
        "  subs.w lr, lr, #1\n"                                                              \
        "  bne 1b\n"                                                                         \
        "  ldr r5, [sp, #8]\n"                                                               \
        "  str r5, [r0]\n"                                                                   \
        "  add sp, sp, #16\n"                                                                \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                   \
  }
#define STORE(PLANE) "  stmia.w " PLANE "!, {r5, r6, r7, r8}\n"
#define STORE1(X, PLANE) "  str " X ", [" PLANE "], #4\n"
#define EVEN(X, WORD) "  sxtb16 " X ", " WORD "\n"
#define ODD(X, WORD) "  sxtb16 " X ", " WORD ", ror #8\n"
#define LOW(X, A_WORD, B_WORD) "  pkhbt " X ", " A_WORD ", " B_WORD ", lsl #16\n"
#define HIGH(X, A_WORD, B_WORD) "  pkhtb " X ", " B_WORD ", " A_WORD ", asr #16\n"
#define SECOND "  add r2, r0, r6\n"
#define THIRD "  add r3, r2, r6\n"
#define BEHIND(LAST) "  mov r0, " LAST "\n  ldr r6, [sp, #12]\n" SECOND

EXPAND(expand_2, "", "",
       "  ldr r5, [r1], #4\n  ldr r7, [r1], #4\n" EVEN("r9", "r5") ODD("r10", "r5") EVEN("r11", "r7") ODD("r12", "r7")
       LOW("r5", "r9", "r10") HIGH("r6", "r9", "r10") LOW("r7", "r11", "r12") HIGH("r8", "r11", "r12") STORE("r0"),
       "  ldrsb r5, [r1], #1\n  ldrsb r6, [r1], #1\n" LOW("r5", "r5", "r6") STORE1("r5", "r0"), "")
/* The words begin with pixels 0, 1, 2 and a byte before 3: nothing behind the input is read. The low half of r12 is the middle
 * channel before. */
EXPAND(expand_3, SECOND, STORE1("r5", "r2") "  mov r12, r5\n",
       "  ldr r5, [r1], #3\n  ldr r6, [r1], #3\n  ldr r7, [r1], #2\n  ldr r8, [r1], #4\n"
       ODD("r9", "r5") ODD("r10", "r6") ODD("r11", "r7") "  sxtb16 r3, r8, ror #16\n"
       EVEN("r5", "r5") EVEN("r6", "r6") EVEN("r7", "r7") ODD("r8", "r8") STORE("r0")
       LOW("r5", "r9", "r12") LOW("r6", "r10", "r9") LOW("r7", "r11", "r10") LOW("r12", "r3", "r11")
       "  stmia.w r2!, {r5, r6, r7, r12}\n",
       "  ldrsb r5, [r1], #1\n  ldrsb r6, [r1], #1\n  ldrsb r7, [r1], #1\n" LOW("r5", "r5", "r7") STORE1("r5", "r0")
       LOW("r12", "r6", "r12") STORE1("r12", "r2"),
       BEHIND("r2"))
EXPAND(expand_4, SECOND, STORE1("r5", "r2"),
       "  ldmia.w r1!, {r9, r10, r11, r12}\n" EVEN("r5", "r9") EVEN("r6", "r10") EVEN("r7", "r11") EVEN("r8", "r12") STORE("r0")
       ODD("r5", "r9") ODD("r6", "r10") ODD("r7", "r11") ODD("r8", "r12") STORE("r2"),
       "  ldr r9, [r1], #4\n" EVEN("r5", "r9") ODD("r6", "r9") STORE1("r5", "r0") STORE1("r6", "r2"),
       BEHIND("r2"))
EXPAND(expand_5, SECOND THIRD, STORE1("r5", "r2") STORE1("r5", "r3"),
       "  ldr r9, [r1], #5\n  ldr r10, [r1], #5\n  ldr r11, [r1], #5\n  ldr r12, [r1], #5\n"
       EVEN("r5", "r9") EVEN("r6", "r10") EVEN("r7", "r11") EVEN("r8", "r12") STORE("r0")
       ODD("r5", "r9") ODD("r6", "r10") ODD("r7", "r11") ODD("r8", "r12") STORE("r2")
       "  ldrsb r5, [r1, #-16]\n  ldrsb r6, [r1, #-11]\n  ldrsb r7, [r1, #-6]\n  ldrsb r8, [r1, #-1]\n" STORE("r3"),
       "  ldr r9, [r1], #5\n" EVEN("r5", "r9") ODD("r6", "r9") "  ldrsb r7, [r1, #-1]\n" STORE1("r5", "r0") STORE1("r6", "r2")
       STORE1("r7", "r3"),
       BEHIND("r3") THIRD)

#pragma GCC diagnostic pop

#else

static void expand_to(uint32_t *to, const int8_t *from, int32_t rows, const params_t *p, int32_t channels) {
  const int32_t planes = (channels + 1) / 2, pixels = 4 * p->fours + p->ones;
  for (; rows > 0; --rows, from += p->in_row) {
    for (int32_t i = 0; i < planes; ++i) {
      for (int32_t column = -1; column < pixels; ++column) {
        const int8_t *at = from + column * channels + (channels == 2 ? 0 : i % 2 + i / 2 * 4);
        const int32_t second = channels == 2 ? 1 : 2, zero = ek_low_half((uint32_t)p->in_zero);
        if (channels == 3 && i == 1) {
          *to++ = ek_pack_low((uint32_t)(column < 0 ? zero : at[0]), (uint32_t)(column < 1 ? zero : at[-3]));
        } else {
          *to++ = column < 0 ? (uint32_t)p->in_zero : ek_pack_low((uint32_t)at[0], (uint32_t)(i == 2 ? 0 : at[second]));
        }
      }
    }
  }
  *to = (uint32_t)p->in_zero;
}

#define EXPAND(CHANNELS)                                                                     \
  static void expand_##CHANNELS(uint32_t *to, const int8_t *from, int32_t rows, const params_t *p) { \
    expand_to(to, from, rows, p, CHANNELS);                                                  \
  }
EXPAND(2)
EXPAND(3)
EXPAND(4)
EXPAND(5)

#endif

#ifdef __cplusplus
}
#endif
#endif
