/* y[n,oy,ox] = requantize(bias + sum over ky,kx,ci of (x - in_zero) * w), as conv_2d.c, of 3x3 taps of four channels into one
 * channel, stride 2, with the DSP instructions.
 *
 * Blocking: 1 output; two columns of a row at a time, expanded in registers. The first of them is the middle one of a window, the
 * second one the last of this window and the first of the next, whose sum so begins. Rows and columns outside are not computed:
 * their share of the zero point is in biases of their own.
 * Registers: r0 x, r1 stream, r2 next sum, r3-r8 weights, r9 step and a word, r10, r11 words, r12 sum, lr y.
 * Budget: 13 instructions for a row of an output (12 MACs: 1.08 each), 10 to finish it; 7 and 6 at the end of a line, 10 for a line.
 * Cycles by LDR 2, LDM 1 + n, branch 2: 22 for a row, 1.8 a MAC. */
#include "edgekit/conv_2d_four_to_1_dsp.h"

#include <stddef.h>

#include "edgekit/assembly_dsp.h"

typedef ek_conv_2d_four_to_1_dsp_section_t section_t;

_Static_assert(offsetof(section_t, stream) == 20 && sizeof(section_t) == 128, "the assembly's order");

#if EK_DSP_INSTRUCTIONS
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

#define EXPAND(X) "  sxtb16 r9, " X ", ror #8\n  sxtb16 " X ", " X "\n"
#define TOP "  ldmia.w r1!, {r2, r3, r4, r5, r6, r7, r8, r9}\n" /* brings the next sum's bias */
#define MORE "  ldmia.w r1!, {r3, r4, r5, r6, r7, r8, r9}\n"
#define COLUMNS                                                                              \
  "  ldmia.w r0, {r10, r11}\n"                                                               \
  "  add r0, r9\n" EXPAND("r10") TAP("r12", "r10", "r3") TAP("r12", "r9", "r4")              \
  EXPAND("r11") TAP("r12", "r11", "r5") TAP("r12", "r9", "r6") TAP("r2", "r11", "r7") TAP("r2", "r9", "r8")
#define COLUMN                                                                               \
  "  ldr r10, [r0]\n"                                                                        \
  "  add r0, r9\n" EXPAND("r10") TAP("r12", "r10", "r3") TAP("r12", "r9", "r4")
#define FINISH(BYTES)                                                                        \
  "  smmulr r12, r12, r3\n"                                                                  \
  "  smmlar r12, r12, r4, r5\n"                                                              \
  "  sub.w r1, r1, #" BYTES "\n"                                                             \
  "  ssat r12, #8, r12\n"                                                                    \
  "  strb r12, [lr], #1\n"
/* Lines; before their multipliers the stream has so many bytes. On the stack: where a line's last output is, lines, hop, width. */
#define LINES(ROWS, LAST_ROWS, BYTES)                                                        \
  "1:\n"                                                                                     \
  "  ldr.w r12, [r1, #(" BYTES " + 16)]\n"                                                   \
  "  ldr r3, [sp, #12]\n"                                                                    \
  "  add r3, lr\n"                                                                           \
  "  str r3, [sp]\n"                                                                         \
  "2:\n" ROWS                                                                                \
  "  ldmia.w r1, {r3, r4, r5}\n" FINISH(BYTES)                                               \
  "  ldr r3, [sp]\n"                                                                         \
  "  mov r12, r2\n"                                                                          \
  "  cmp lr, r3\n"                                                                           \
  "  bne.w 2b\n" LAST_ROWS                                                                   \
  "  ldmia.w r1, {r3, r4, r5, r6}\n"                                                         \
  "  add r12, r6\n" FINISH(BYTES)                                                            \
  "  ldrd r3, r4, [sp, #4]\n"                                                                \
  "  add r0, r4\n"                                                                           \
  "  subs r3, #1\n"                                                                          \
  "  str r3, [sp, #4]\n"                                                                     \
  "  bne.w 1b\n"

/* Returns where y goes on. */
__attribute__((naked, noinline)) static int8_t *lines_of(const section_t *section, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldmia.w r0!, {r3, r4, r5, r6, r7}\n"
      "  push {r2, r3, r5, r6}\n"
      "  mov lr, r2\n"
      "  add r2, r1, r4\n"
      "  mov r1, r0\n"
      "  mov r0, r2\n"
      "  cmp r7, #2\n"
      "  beq.w 3f\n" LINES(TOP COLUMNS MORE COLUMNS MORE COLUMNS, TOP COLUMN MORE COLUMN MORE COLUMN, "88")
      "  b.w 4f\n"
      "3:\n" LINES(TOP COLUMNS MORE COLUMNS, TOP COLUMN MORE COLUMN, "60")
      "4:\n"
      "  mov r0, lr\n"
      "  add sp, #16\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

/* The sum of one column of a row, whose words begin at w. */
static int32_t column(const int8_t *x, const int32_t *w, int32_t sum) {
  sum = ek_smlad(ek_pack_low((uint32_t)x[0], (uint32_t)x[2]), (uint32_t)w[0], sum);
  return ek_smlad(ek_pack_low((uint32_t)x[1], (uint32_t)x[3]), (uint32_t)w[1], sum);
}

static int8_t *lines_of(const section_t *s, const int8_t *x, int8_t *y) {
  const int32_t *const constants = s->stream + 1 + 7 * s->rows;
  x += s->first;
  for (int32_t line = 0; line < s->lines; ++line, x += s->hop) {
    int32_t sum = constants[4];
    for (int32_t i = 0; i <= s->width; ++i) {
      int32_t next = s->stream[0];
      sum += i < s->width ? 0 : constants[3];
      for (const int32_t *w = s->stream + 1; w != constants; x += w[6], w += 7) {
        sum = column(x, w, sum);
        if (i < s->width) {
          sum = column(x + 4, w + 2, sum);
          next = column(x + 4, w + 4, next);
        }
      }
      *y++ = ek_requantize(sum, constants[0], constants[1], constants[2]);
      sum = next;
    }
  }
  return y;
}

#endif

void ek_conv_2d_four_to_1_dsp(const ek_conv_2d_four_to_1_dsp_t *p, const int8_t *x, int8_t *y) {
  const section_t *const sections = (const section_t *)(const void *)p->sections;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_size) {
    for (int32_t i = 0; i < p->count; ++i) {
      y = lines_of(sections + i, x, y);
    }
  }
}
