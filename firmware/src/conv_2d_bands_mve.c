/* What `ek_conv_2d` computes for windows of several taps without dilation, on Helium, many rows at a time.
 *
 * Windows: a band of output rows has its padded input rows in scratch, either as they are, a window being one segment of each
 * of kernel_h rows; or, for up to 3 channels and 3 rows, as strips, whose columns have their 3 rows one after another, so that
 * a window is one segment. A segment is some vectors of 16 bytes; what they have beyond the window meets weights of 0.
 *
 * Blocking: 8 outputs at a time, over all pixels of a band. Where out_c is no multiple of 8, the outputs of `step` pixels
 * beside each other are taken as those of one pixel with a wider window: blocks of 8 of them, whose filters are moved to
 * where their pixel is. Pixels that are left at the end of a row are computed with some before them once more.
 *
 * Registers: sums of outputs 0 to 7 in r0 r2 r4 r6 r8 r10 r12 lr, which is what VMLADAVA takes and LDM loads with the
 * biases; the window in the last vector registers, weights in all others; r1 weights, biases and constants in the order of
 * use, r3 window, r7 output. One segment: r5 output zero point, r9 bytes to the next output, r11 pixels left and bytes to the
 * next window in one. Several: r5 bytes to the next row, r9 to the next window, r11 pixels left. The rest is on the stack.
 *
 * Budget of 8 outputs: 28 and 38 instructions for windows of one and two vectors, 49 for three segments of one, 83 of two;
 * otherwise 24 and 15, 25, 36 or 48 for each unit of 1 to 4 vectors, less where outputs are fewer than 8. A row takes 7 a
 * block; its copy 6 and 3 for 64 or 16 bytes, a row of strips 15 and 9 for 16 bytes; a band some 130. Requantization as in
 * conv_2d_mve.c. */
#include "edgekit/conv_2d_bands_mve.h"

#include <arm_mve.h>

#include "edgekit/assembly_mve.h"
#include "edgekit/bands_strips_mve.h"
#include "edgekit/rows_mve.h"

/* What `windows` works on; its first 80 bytes lie on its stack. */
typedef struct {
  int32_t x_gap, y_gap;     /* 0, 4: from behind a row to the next one */
  const int8_t *end;        /* 8: of the rows, for this block */
  int32_t count;            /* 12: pixels of a row, even where they come in twos; of one segment, less one, and x_step in the lower half */
  int32_t zero, y_step;     /* 16, 20 */
  int32_t size;             /* 24: bytes of all rows */
  const int8_t *x;          /* 28 */
  int8_t *y;                /* 32 */
  int32_t blocks;           /* 36 */
  int32_t pitch, x_step;    /* 40, 44 */
  const int32_t *gaps;      /* 48 */
  int32_t units;            /* 52 */
  int32_t code, finish;     /* 56, 60: addresses, of the products and of what follows, where windows are units */
  const int32_t *weights;   /* 64: of the block */
  int32_t pixels;           /* 68: left */
  int32_t lanes;            /* 72: address of the products of the last of less than 8 outputs, or of a row's first pixel */
  int32_t odd;              /* 76: pixels of a row, where they come in twos */
  int16_t low[8], high[8];  /* 80, 96 */
} windows_t;

#define M1(a, w, x) "vmladava.s8 " a ", " w ", " x "\n"
#define M2(a, v, w) M1(a, v, "q6") M1(a, w, "q7")
#define WEIGHTS(d) "vldmia r1!, {" d "}\n"
#define AT(q, at) "vldrb.8 " q ", [r3, #" at "]\n"
#define NEXT(q) "vldrb.8 " q ", [r3], #16\n"
#define BIASES "ldm r1!, " SUMS
#define CONSTANTS WEIGHTS("d4-d11")

/* 8 filters and a segment of two vectors. */
#define TWO                                                                                      \
  WEIGHTS("d0-d11") M2("r0", "q0", "q1") M2("r2", "q2", "q3") M2("r4", "q4", "q5")               \
  WEIGHTS("d0-d11") M2("r6", "q0", "q1") M2("r8", "q2", "q3") M2("r10", "q4", "q5")              \
  WEIGHTS("d0-d7") M2("r12", "q0", "q1") M2("lr", "q2", "q3")
/* Of one vector, with the constants. */
#define ONE_AND_CONSTANTS                                                                        \
  WEIGHTS("d0-d13") M1("r0", "q0", "q7") M1("r2", "q1", "q7") M1("r4", "q2", "q7") M1("r6", "q3", "q7") \
  M1("r8", "q4", "q7") M1("r10", "q5", "q7") M1("r12", "q6", "q7") WEIGHTS("d2-d11") M1("lr", "q1", "q7")
/* Three of one vector, with the constants: 7, 7, 7 and 3 vectors of weights. */
#define THREE_ONES_AND_CONSTANTS                                                                 \
  AT("q7", "0") "add r3, r5\n"                                                                   \
  WEIGHTS("d0-d13") M1("r0", "q0", "q7") M1("r2", "q1", "q7") M1("r4", "q2", "q7") M1("r6", "q3", "q7") \
  M1("r8", "q4", "q7") M1("r10", "q5", "q7") M1("r12", "q6", "q7")                               \
  WEIGHTS("d0-d13") M1("lr", "q0", "q7") AT("q7", "0") "add r3, r5\n"                            \
  M1("r0", "q1", "q7") M1("r2", "q2", "q7") M1("r4", "q3", "q7") M1("r6", "q4", "q7") M1("r8", "q5", "q7") \
  M1("r10", "q6", "q7") WEIGHTS("d0-d13") M1("r12", "q0", "q7") M1("lr", "q1", "q7") AT("q7", "0") \
  M1("r0", "q2", "q7") M1("r2", "q3", "q7") M1("r4", "q4", "q7") M1("r6", "q5", "q7") M1("r8", "q6", "q7") \
  WEIGHTS("d0-d13") M1("r10", "q0", "q7") M1("r12", "q1", "q7") M1("lr", "q6", "q7")
/* Units of windows that may be of many. */
#define WINDOW1 NEXT("q7")
#define WINDOW2 NEXT("q6") WINDOW1
#define WINDOW3 NEXT("q5") WINDOW2
#define WINDOW4 NEXT("q4") WINDOW3
#define LANE1(a) WEIGHTS("d0-d1") M1(a, "q0", "q7")
#define LANE2(a) WEIGHTS("d0-d3") M2(a, "q0", "q1")
#define LANE3(a) WEIGHTS("d0-d5") M3(a, "q0", "q1", "q2")
#define LANE4(a) WEIGHTS("d0-d7") M1(a, "q0", "q4") M1(a, "q1", "q5") M1(a, "q2", "q6") M1(a, "q3", "q7")
#define UNIT1                                                                                    \
  WEIGHTS("d0-d13") M1("r0", "q0", "q7") M1("r2", "q1", "q7") M1("r4", "q2", "q7") M1("r6", "q3", "q7") \
  M1("r8", "q4", "q7") M1("r10", "q5", "q7") M1("r12", "q6", "q7") WEIGHTS("d0-d1") M1("lr", "q0", "q7")
#define M3(a, u, v, w) M1(a, u, "q5") M1(a, v, "q6") M1(a, w, "q7")
#define UNIT3                                                                                    \
  WEIGHTS("d0-d9") M3("r0", "q0", "q1", "q2") M1("r2", "q3", "q5") M1("r2", "q4", "q6")          \
  WEIGHTS("d0-d9") M1("r2", "q0", "q7") M3("r4", "q1", "q2", "q3") M1("r6", "q4", "q5")          \
  WEIGHTS("d0-d9") M1("r6", "q0", "q6") M1("r6", "q1", "q7") M3("r8", "q2", "q3", "q4")          \
  WEIGHTS("d0-d9") M3("r10", "q0", "q1", "q2") M1("r12", "q3", "q5") M1("r12", "q4", "q6")       \
  WEIGHTS("d0-d7") M1("r12", "q0", "q7") M3("lr", "q1", "q2", "q3")
#define UNIT4 LANE4("r0") LANE4("r2") LANE4("r4") LANE4("r6") LANE4("r8") LANE4("r10") LANE4("r12") LANE4("lr")

#define CLAMP "vldrw.32 q2, [sp, #80]\n vldrw.32 q3, [sp, #96]\n vmax.s16 q0, q0, q2\n vmin.s16 q0, q0, q3\n"
/* `step`: the register of bytes to the next pixels' outputs. */
#define PLAIN(step) SATURATE "vstrb.16 q0, [r7]\n add r7, " step "\n"
#define PLAIN8(step) SATURATE "vstrb.16 q0, [r7], #8\n"
#define SOME(step) SATURATE "vpst\n vstrbt.16 q0, [r7]\n add r7, " step "\n"
#define CLAMPED(step) CLAMP "vpst\n vstrbt.16 q0, [r7]\n add r7, " step "\n"

/* A block: where its window begins, how many outputs it has; then rows of pixels. */
#define BLOCK(kind)                                                                              \
  ".balign 4\n.Lblock" kind "%=:\n"                                                              \
  "ldrd r0, r2, [r1], #8\n vctp.16 r2\n"                                                         \
  "ldrd r2, r3, [sp, #24]\n add r3, r0\n add r2, r3\n str r2, [sp, #8]\n"                      \
  "ldr r7, [sp, #32]\n add r2, r7, #8\n str r2, [sp, #32]\n ldr r11, [sp, #12]\n"
#define END_OF_ROW(kind)                                                                         \
  "ldm sp, {r0, r2, r4, r11}\n add r3, r0\n add r7, r2\n cmp r3, r4\n bne .Lrow" kind "%=\n"
#define END_OF_BLOCK(kind) \
  "ldr r0, [sp, #36]\n subs r0, #1\n str r0, [sp, #36]\n bne .Lblock" kind "%=\n b .Lend%=\n"
/* Rows of `pixel`s, one or two a round; the first of an odd number of pixels is then the second of a round. */
#define ROUNDS(kind, size, pixel, count)                                                         \
  ".Lrow" kind "%=:\n1:\n" pixel count("1") " 1b\n" END_OF_ROW(kind) "add r1, #" size "\n" END_OF_BLOCK(kind)
#define ROUNDS_OF_TWO(kind, size, pixel, count)                                                  \
  "ldr r2, [sp, #76]\n cmp r2, #0\n adr.w r2, 1f\n it ne\n adrne.w r2, 2f\n orr r2, #1\n str r2, [sp, #72]\n" \
  ".Lrow" kind "%=:\n ldr pc, [sp, #72]\n"                                                       \
  ".balign 4\n1:\n" pixel "2:\n" pixel count("2") " 1b\n"                                         \
  END_OF_ROW(kind) "add r1, #" size "\n" END_OF_BLOCK(kind)
/* Windows of one segment; of several, with the output zero point and step behind the weights. `products` leaves the
 * constants in q2 to q5. */
#define LESS_PACKED(n) "subs r11, #" n " << 16\n bhs"
#define LESS(n) "subs r11, #" n "\n bne"
#define SEGMENT(kind, size, rounds, products, finish)                                            \
  BLOCK(kind) "ldrd r5, r9, [sp, #16]\n"                                                         \
  rounds(kind, size, BIASES products TO_LANES SCALE("r5") finish("r9") "uxtah r3, r3, r11\n sub r1, #" size "\n", LESS_PACKED)
#define SEGMENTS(kind, size, rounds, products, finish)                                           \
  BLOCK(kind) "ldrd r5, r9, [sp, #40]\n"                                                         \
  rounds(kind, size " + 8",                                                                      \
         BIASES products TO_LANES "ldrd r0, r2, [r1], #-" size "\n" SCALE("r0") finish("r2") "add r3, r9\n", LESS)
#define TWOS AT("q6", "0") AT("q7", "16") TWO
#define WAYS(kind, finish)                                                                       \
  SEGMENT("One" kind, "224", ROUNDS, AT("q7", "0") ONE_AND_CONSTANTS, finish)                            \
  SEGMENT("Two" kind, "352", ROUNDS_OF_TWO, TWOS CONSTANTS, finish)                                             \
  SEGMENTS("Ones" kind, "480", ROUNDS_OF_TWO, THREE_ONES_AND_CONSTANTS, finish)                                 \
  SEGMENTS("Twos" kind, "864", ROUNDS, TWOS "add r3, r5\n" TWOS "add r3, r5\n" TWOS CONSTANTS, finish)
/* A unit of 8 outputs; of fewer, from the last one on, the code for the others is left out. */
#define END_OF_UNIT(kind) "ldr r11, [r5], #4\n add r3, r11\n subs r9, #1\n bne .L" kind "%=\n ldr pc, [sp, #60]\n"
#define UNITS(u, unit, windows, lane)                                                            \
  ".balign 4\n.Lunit" u "%=:\n" windows unit END_OF_UNIT("unit" u)                               \
  ".balign 4\n.Lfew" u "%=:\n" windows "ldr pc, [sp, #72]\n"                                    \
  ".balign 4\n.Llane" u "%=:\n"                                                                 \
  lane("lr") lane("r12") lane("r10") lane("r8") lane("r6") lane("r4") lane("r2") lane("r0") END_OF_UNIT("few" u)
/* Units' sums are in order, as the last of them may be missing. */
#define FINISH(kind, finish)                                                                     \
  ".balign 4\n.Lfinish" kind "%=:\n" CONSTANTS TO_VECTORS "ldrd r0, r2, [sp, #16]\n" SCALE("r0") finish("r2") \
  "ldr r0, [sp, #68]\n subs r0, #1\n str r0, [sp, #68]\n bne .Lpixel%=\n b .LrowEnd%=\n"
#define CODE(label) ".word " label "%= - .Lcodes%= + 1\n"
#define CODES(kind) CODE(".LblockOne" kind) CODE(".LblockTwo" kind) CODE(".LblockOnes" kind) CODE(".LblockTwos" kind)

/* All outputs of a band. `way` is that of the parameters, `finish` EK_BANDS_PLAIN and so on. */
__attribute__((naked, noinline)) static void windows(const windows_t *job UNUSED, const int32_t *weights UNUSED,
                                                     int32_t way UNUSED, int32_t finish UNUSED) {
  __asm volatile(
      "push {r4-r11, lr}\n"
      "sub sp, #4\n"
      "vpush {d8-d15}\n"
      "sub sp, #112\n"
      "vldmia r0, {d0-d13}\n vstmia sp, {d0-d13}\n"
      "adr r4, .Lcodes%=\n cmp r2, #4\n beq .Lunits%=\n"
      "add r2, r2, r3, lsl #2\n ldr r0, [r4, r2, lsl #2]\n add r0, r4\n bx r0\n"
      ".balign 4\n"
      ".Lcodes%=:\n" CODES("") CODES("Some") CODES("Clamped") CODES("Eight")
      CODE(".Lfinish") CODE(".LfinishSome") CODE(".LfinishClamped") CODE(".Lfinish")
      CODE(".Lunit1") CODE(".Lunit2") CODE(".Lunit3") CODE(".Lunit4")
      CODE(".Lfew1") CODE(".Lfew2") CODE(".Lfew3") CODE(".Lfew4")
      CODE(".Llane1") CODE(".Llane2") CODE(".Llane3") CODE(".Llane4")
      ".balign 4\n.Lunits%=:\n"
      "add r5, r4, #64\n ldr r0, [r5, r3, lsl #2]\n add r0, r4\n str r0, [sp, #60]\n"
      BLOCK("Units") /* then which code, from .Lunit1 on, and how much of the last outputs' is left out */
      "ldrd r4, r5, [r1], #8\n str r1, [sp, #64]\n adr.w r6, .Lcodes%=\n add r4, r6, r4, lsl #2\n"
      "ldr r0, [r4, #80]\n add r0, r6\n str r0, [sp, #56]\n"
      "ldr r0, [r4, #96]\n add r0, r6\n add r0, r5\n str r0, [sp, #72]\n"
      ".LrowUnits%=:\n str r11, [sp, #68]\n"
      ".Lpixel%=:\n ldr r1, [sp, #64]\n" BIASES "ldrd r5, r9, [sp, #48]\n ldr pc, [sp, #56]\n"
      UNITS("1", UNIT1, WINDOW1, LANE1) UNITS("2", TWO, WINDOW2, LANE2) UNITS("3", UNIT3, WINDOW3, LANE3)
      UNITS("4", UNIT4, WINDOW4, LANE4)
      ".balign 4\n.LrowEnd%=:\n" END_OF_ROW("Units") END_OF_BLOCK("Units")
      FINISH("", PLAIN) FINISH("Some", SOME) FINISH("Clamped", CLAMPED)
      ".balign 4\n"
      WAYS("", PLAIN)
      WAYS("Some", SOME)
      WAYS("Clamped", CLAMPED)
      WAYS("Eight", PLAIN8)
      ".balign 4\n.Lend%=:\n"
      "add sp, #112\n"
      "vpop {d8-d15}\n"
      "add sp, #4\n"
      "pop {r4-r11, pc}\n" ::: "memory");
}

void ek_conv_2d_bands_mve(const ek_conv_2d_bands_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  windows_t job;
  job.zero = p->out_zero;
  job.y_step = p->y_step;
  job.pitch = p->pitch;
  job.x_step = p->x_step;
  job.gaps = p->gaps;
  job.units = p->units;
  if (p->finish == EK_BANDS_CLAMPED) {
    vstrhq_s16(job.low, vdupq_n_s16((int16_t)p->low));
    vstrhq_s16(job.high, vdupq_n_s16((int16_t)p->high));
  }
  const int32_t *band = p->bands;
  for (int32_t n = p->batches; n > 0; --n, x += p->in_h * p->in_pitch, band = p->others) {
    for (int32_t oy = 0; oy < p->out_h; oy += p->band) {
      const int32_t rows = p->out_h - oy < p->band ? p->out_h - oy : p->band;
      if (p->strips) {
        scatter_rows(p, x, (int8_t *)scratch, oy * p->stride_h - p->pad_top, rows, oy == 0 && n == p->batches);
      } else {
        ek_rows_mve(&p->rows, band, x, scratch);
        band += EK_ROWS;
      }
      job.size = rows * p->row;
      const int32_t *part = p->part;
      int32_t i = p->parts;
      do {
        job.x = (int8_t *)scratch + part[0];
        job.y = y + part[1];
        job.x_gap = part[2];
        job.y_gap = part[3];
        job.count = part[4];
        job.odd = part[5];
        job.blocks = p->blocks;
        windows(&job, p->weights, p->way, p->finish);
        part += 6;
      } while (--i > 0);
      y += rows * p->out_pitch;
    }
  }
}
