/* 3x3 convolutions of few channels on Helium by lines of columns: what `conv_2d_rgb_mve.h`,
 * `conv_2d_rgb_ten_mve.h`, `conv_2d_rgba_mve.h` and `conv_2d_two_mve.h` share.
 *
 * Lines: an output row has its 3 input rows in scratch as a line of columns, 3 rows one after another in each, so that a
 * window is one segment. Rows outside the input are a row of zero points, columns outside the gap between two lines, which is
 * filled before what follows it. Lines of many rows, and of all inputs where they fit, are made before any product.
 *
 * Blocking of 3 and 4 channels: 8 outputs at a time, over all pixels of the lines, 4 a round; a row's first round may lack
 * some.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 r12 lr, in vectors by PUSH and VPOP; a part of the window in q7, weights in q0 to q6;
 * r3 window, r7 output, r5 output zero point, r11 rounds left and bytes to the next output; r1, sp and r9 for weights.
 *
 * Budget: a row of a block takes 6 instructions, 4 pixels 2; a line 9 and 8 for 16 bytes of a row. */
#ifndef EDGEKIT_LINES_MVE_H
#define EDGEKIT_LINES_MVE_H

#include <stdint.h>

typedef struct {
  const void *offsets;           /* 3 times where 16 bytes of a row go, from a line's gap on, in bytes or words */
  int32_t in_zero;
  int32_t count, down, line_gap; /* of 16 bytes less the last; from their end in input rows to the next ones, in lines */
  int32_t first, lines;          /* in scratch: the gap before the first line, the line */
  int32_t in_size, samples;      /* bytes of an input; how many are in scratch together */
  int32_t pixels;                 /* rounds of 4 in a row, less one, in the upper half; bytes of a pixel's outputs */
  int32_t code;                   /* 8 for stride 2, 4 more for more than 8 outputs, and pixels that the first round lacks */
  int32_t blocks;                 /* of 8 outputs */
  const int32_t *weights;         /* of a block, as the kernel's file says */
  int32_t out_zero;
  int32_t batches, out_h, out_pitch, band; /* out_pitch: bytes of an output row; band: output rows that are in scratch together */
  int32_t pitch, zeros;          /* bytes of a line, of a row of zero points, with which scratch then begins */
  const int32_t *runs;           /* of every band the lines that are alike: where their 3 rows begin in an input, -1 for that of
                                    zero points; lines less one times 2, and 1 for the band's last ones */
} ek_lines_mve_t;

#define EK_M(a, w) "vmladava.s8 " a ", " w ", q7\n"
#define EK_SUMS "{r0, r2, r4, r6, r8, r10, r12, lr}\n"
/* Sums to outputs; constants in q3 to q6, whose last loads were of `d6-d13`. */
#define EK_OUTPUTS                                                                               \
  "push " EK_SUMS "vpop {d0-d3}\n"                                                               \
  "vqrdmulh.s32 q0, q0, q3\n vqrdmulh.s32 q1, q1, q4\n"                                          \
  "vqrdmlash.s32 q0, q5, r5\n vqrdmlash.s32 q1, q6, r5\n"                                        \
  "vqmovnb.s32 q0, q0\n vqmovnt.s32 q0, q1\n vqmovnb.s16 q0, q0\n"
/* 8 outputs of a pixel of 3 channels, with weights as `conv_2d_rgb_mve.c` says. */
#define EK_PIXEL_OF_THREE(step)                                                                              \
  "ldmdb r9, " EK_SUMS "vldrb.8 q7, [r3, #16]\n vldmia r1, {d0-d13}\n"                           \
  EK_M("r0", "q0") EK_M("r2", "q1") EK_M("r4", "q2") EK_M("r6", "q3") EK_M("r8", "q4") EK_M("r10", "q5") \
  EK_M("r12", "q6") "vldmia sp, {d0-d13}\n" EK_M("lr", "q0") "vldrb.8 q7, [r3], #" step "\n"     \
  EK_M("r0", "q1") EK_M("r2", "q2") EK_M("r4", "q3") EK_M("r6", "q4") EK_M("r8", "q5") EK_M("r10", "q6") \
  "vldmia r9, {d2-d13}\n" EK_M("r12", "q1") EK_M("lr", "q2") EK_OUTPUTS
/* One block of outputs; several. */
#define EK_ONE_BLOCK "vstrb.16 q0, [r7], #8\n"
#define EK_BLOCKS "vstrb.16 q0, [r7]\n uxtah r7, r7, r11\n"
/* Rows of pixels; `step`: bytes to the next window, `gap`: from behind a row's last step to the next line. */
#define EK_PIXELS(name, pixel, step, gap, next)                                                  \
  ".balign 4\n.L" name "0%=:\n" pixel(step) next ".L" name "1%=:\n" pixel(step) next             \
  ".L" name "2%=:\n" pixel(step) next ".L" name "3%=:\n" pixel(step) next                        \
  "subs r11, #1 << 16\n bhs .L" name "0%=\n"                                                     \
  "ldr r0, [sp, #120]\n add r3, #" gap "\n cmp r3, r0\n bne.w .Lrow%=\n b.w .Lend%=\n"
#define EK_CODE(label) ".word .L" label "%= - .Lcodes%= + 1\n"
#define EK_CODES(name) EK_CODE(name "0") EK_CODE(name "1") EK_CODE(name "2") EK_CODE(name "3")
/* A row of zero points in r3 for one outside. */
#define EK_ROW_OF_LINE(r) "cmp " r ", #0\n ite ge\n addge " r ", r1\n movlt " r ", r3\n"
#define EK_GAP(second) "vstrb.8 q0, [r11]\n vstrb.8 q0, [r11, #" second "]\n"

/* The body of `band` up to where all lines are made, then r4 to r8 are the parameters from `pixels` on. `second`: where the second vector of a gap begins; `bytes` of a row go with `store` to `columns`;
 * a block of weights has the first ones at `first`, those that go to the stack at `held`, 8 words those at r9 and before
 * them the biases. On the stack: 7 vectors of weights; from byte 112 on y, first window, end of the windows, pixels, address
 * of the code, blocks, weights, run. Lines: r1 input, r2 run, r4 to r6 rows, r7 lines left, r11 where they go, r12 inputs. */
#define EK_LINES_MADE(second, bytes, store, columns)                                             \
  "push {r4-r11, lr}\n sub sp, #4\n vpush {d8-d15}\n sub sp, #144\n"                             \
  "str r2, [sp, #112]\n"                                                                         \
  "ldm r0!, {r4, r5, r8, r9, r10, r11, r12}\n"                                                   \
  "vldmia r4, {d2-d7}\n vdup.8 q0, r5\n add r11, r3\n add r12, r3\n"                             \
  "ldr r4, [sp, #252]\n add r4, r12\n strd r12, r4, [sp, #116]\n ldr r12, [r0, #4]\n"            \
  ".Linput%=:\n ldr r2, [sp, #248]\n"                                                            \
  ".Lrun%=:\n ldrd r4, r5, [r2], #8\n ldrd r6, r7, [r2], #8\n"                                   \
  EK_ROW_OF_LINE("r4") EK_ROW_OF_LINE("r5") EK_ROW_OF_LINE("r6")                                 \
  ".Lline%=:\n" EK_GAP(second) "dlstp.8 lr, r8\n"                                                \
  "1:\n vldrb.u8 q4, [r4], #" bytes "\n vldrb.u8 q5, [r5], #" bytes "\n vldrb.u8 q6, [r6], #" bytes "\n" \
  store " q4, [r11, q1]\n" store " q5, [r11, q2]\n" store " q6, [r11, q3]\n"                     \
  "add r11, #" columns "\n letp lr, 1b\n"                                                        \
  "add r4, r9\n add r5, r9\n add r6, r9\n add r11, r10\n"                                        \
  "subs r7, #2\n bhs .Lline%=\n lsls r7, #31\n beq .Lrun%=\n"                                    \
  "ldr r4, [r0]\n add r1, r4\n subs r12, #1\n bne .Linput%=\n" EK_GAP(second)                    \
  "str r2, [sp, #140]\n add r0, #8\n ldm r0, {r4-r8}\n"                                          \
  "adr.w r0, .Lcodes%=\n ldr r5, [r0, r5, lsl #2]\n add r5, r0\n"                                \
  "strd r4, r5, [sp, #124]\n strd r6, r7, [sp, #132]\n mov r5, r8\n"
#define EK_LINES_DONE                                                                            \
  "ldr r0, [sp, #140]\n add sp, #144\n vpop {d8-d15}\n add sp, #4\n pop {r4-r11, pc}\n.balign 4\n.Lcodes%=:\n"
/* A block of 8 outputs: weights at `first` and `held`, the latter to the stack, where the next block's address goes, too. */
#define EK_BLOCK_OF_LINES(first, held)                                                           \
  "ldr r1, [sp, #136]\n add r9, r1, #32\n add r0, r1, #" held "\n add r1, #" first "\n"           \
  "vldmia r0!, {d0-d13}\n vstmia sp, {d0-d13}\n str r0, [sp, #136]\n"                            \
  "ldrd r7, r3, [sp, #112]\n add r0, r7, #8\n str r0, [sp, #112]\n"                              \
  ".Lrow%=:\n ldr r11, [sp, #124]\n ldr pc, [sp, #128]\n"
#define EK_LINES(second, bytes, store, columns, first, held, pixel, step, twice)                 \
  __asm volatile(                                                                                \
      EK_LINES_MADE(second, bytes, store, columns)                                               \
      ".Lblock%=:\n" EK_BLOCK_OF_LINES(first, held)                                             \
      EK_PIXELS("oneEight", pixel, step, twice, EK_ONE_BLOCK)                                    \
      EK_PIXELS("oneMore", pixel, step, twice, EK_BLOCKS)                                        \
      EK_PIXELS("twoEight", pixel, twice, step, EK_ONE_BLOCK)                                    \
      EK_PIXELS("twoMore", pixel, twice, step, EK_BLOCKS)                                        \
      ".Lend%=:\n ldr r0, [sp, #132]\n subs r0, #1\n str r0, [sp, #132]\n bne.w .Lblock%=\n"     \
      EK_LINES_DONE EK_CODES("oneEight") EK_CODES("oneMore") EK_CODES("twoEight")                \
      EK_CODES("twoMore") ::: "memory")
/* A band of all inputs in scratch: its lines, then their outputs; returns the run behind its last one. `size`: bytes of the
 * lines. */
#define EK_LINES_BAND                                                                            \
  __attribute__((naked, noinline)) static const int32_t *band(                                   \
      const ek_lines_mve_t *p __attribute__((unused)), const int8_t *x __attribute__((unused)),  \
      int8_t *y __attribute__((unused)), uint8_t *scratch __attribute__((unused)),               \
      const int32_t *run __attribute__((unused)), int32_t size __attribute__((unused)))

typedef const int32_t *ek_band_of_lines(const ek_lines_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch,
                                        const int32_t *run, int32_t size);

static inline void ek_lines_mve(const ek_lines_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch,
                                ek_band_of_lines *band) {
  if (p->zeros > 0) {
    const uint8_t *to = scratch;
    __asm volatile("vdup.8 q0, %1\n dlstp.8 lr, %2\n 1: vstrb.8 q0, [%0], #16\n letp lr, 1b\n"
                   : "+r"(to) : "r"(p->in_zero), "r"(p->zeros) : "lr", "q0", "memory");
  }
  for (int32_t n = p->batches; n > 0; n -= p->samples, x += p->samples * p->in_size) {
    const int32_t *run = p->runs;
    for (int32_t oy = 0; oy < p->out_h; oy += p->band) {
      const int32_t rows = p->samples * (p->out_h - oy < p->band ? p->out_h - oy : p->band);
      run = band(p, x, y, scratch, run, rows * p->pitch);
      y += rows * p->out_pitch;
    }
  }
}

#endif
