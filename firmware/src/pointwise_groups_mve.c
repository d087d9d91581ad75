/* What `ek_conv_2d` computes for 1x1 kernels of up to 8 channels, 16 or 32 into a multiple of 8, next to each other, on
 * Helium.
 *
 * Vectors: a pixel of 16 channels is one, of 32 two. A smaller one fills half a vector. In scratch the other half is seven
 * times -128 and 1, whose weights make the bias, so that VMLADAV begins every sum and is all of it; otherwise LDM loads biases.
 *
 * Blocking: groups of 16 or 8 pixels, of which the last ends with the pixels and may compute some twice; of a group 8 channels
 * after 8. Four filters meet all pixels, four by four, then four filters all pixels the other way round, so that the pixels
 * in the middle are loaded once; of 32 channels two filters meet two pixels, and either is loaded, a vector at a time, which
 * hides those loads' cycles behind products. The sums go through the stack, up to 512 bytes. From there four channels of four
 * pixels are requantized together: outputs fit into 16 bits before their clamp, so that one vector's are put between another's
 * without narrowing, and 16 bytes are stored at their places at once.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 r12 lr, filters in q0-q3, pixels in q4-q7; r1 stream, r11 its end, r3 the group's
 * vectors, r5 output zero point, or before that the last two of four filters of 32; r7 outputs, r9 bytes of four pixels'
 * outputs. Then sums in q0-q3, places in q4, multipliers in q5 and q6. On the stack: input, a group's step through the outputs,
 * the last group's inputs, a group's step through the inputs, the last group's outputs, stream, zero point.
 *
 * Budget: 8 channels of 16 pixels 273, of 8 pixels 139; of 16 input channels 289 and 147, of 32 537 and 271. A group of 16
 * pixels 19, of 8 pixels 14; of 16 pixels of 4 channels 14; of fewer than 8 otherwise 32 and 19; of 16 and 32 channels 8.
 * 42 a call, 30 of 16 and 32 channels; 7 more where pixels are computed twice. Where every second pixel of a row counts, 3 of 16
 * and 5 of 32 channels for each, which goes to scratch first; 4 a row. */
#include "edgekit/groups_mve.h"

#define SUMS "{r0, r2, r4, r6, r8, r10, r12, lr}\n"
#define STREAM(d) "vldmia r1!, {" d "}\n"
#define M(m, a, w, x) m ".s8 " a ", " w ", " x "\n"
#define TWO(m, begun, x, z)                                                                       \
  begun M(m, "r0", "q0", x) M(m, "r2", "q1", x) M(m, "r4", "q2", x) M(m, "r6", "q3", x)           \
  M(m, "r8", "q0", z) M(m, "r10", "q1", z) M(m, "r12", "q2", z) M(m, "lr", "q3", z) "push " SUMS
#define FOUR(m, begun, last) TWO(m, begun, "q4", "q5") TWO(m, last, "q6", "q7")
#define UP(m, begun) "vldmia r3!, {d8-d15}\n" FOUR(m, begun, begun)
#define STAY(m, begun, last) "vldmia r3, {d8-d15}\n" FOUR(m, begun, last)
#define DOWN(m, begun, last) "vldmdb r3!, {d8-d15}\n" FOUR(m, begun, last)
/* Sums of 4 channels: the third and the fourth of four pixels, the first and the second. */
#define STORED(y)                                                                                 \
  "vpop {d0-d7}\n vqrdmulh.s32 q0, q0, q5\n vqrdmulh.s32 q1, q1, q5\n vqrdmulh.s32 q2, q2, q5\n"  \
  "vqrdmulh.s32 q3, q3, q5\n vqrdmlash.s32 q0, q6, r5\n vqrdmlash.s32 q1, q6, r5\n"               \
  "vqrdmlash.s32 q2, q6, r5\n vqrdmlash.s32 q3, q6, r5\n vmovnt.i32 q0, q1\n vmovnt.i32 q2, q3\n" \
  "vqmovnb.s16 q0, q0\n vqmovnt.s16 q0, q2\n vstrb.8 q0, [" y ", q4]\n"

#define STORED_OF_16                                                                              \
  "add r0, r7, r9\n add r2, r0, r9\n add r4, r2, r9\n"                                            \
  STREAM("d8-d13") STORED("r7") STORED("r0") STORED("r2") STORED("r4")                            \
  STREAM("d8-d13") STORED("r4") STORED("r2") STORED("r0") STORED("r7")
#define STORED_OF_8                                                                               \
  "add r0, r7, r9\n" STREAM("d8-d13") STORED("r7") STORED("r0") STREAM("d8-d13") STORED("r0") STORED("r7")

#define GROUP_OF_16(m, begun, last)                                                               \
  STREAM("d0-d7") UP(m, begun) UP(m, begun) UP(m, begun) STAY(m, begun, last)                     \
  STREAM("d0-d7") FOUR(m, begun, begun) DOWN(m, begun, begun) DOWN(m, begun, begun) DOWN(m, begun, last) \
  STORED_OF_16
#define GROUP_OF_8(m, begun, last)                                                                \
  STREAM("d0-d7") UP(m, begun) STAY(m, begun, last)                                               \
  STREAM("d0-d7") FOUR(m, begun, begun) DOWN(m, begun, last) STORED_OF_8
/* How sums begin: with the product, of which the bias is a part; or with biases, that the last ones take from the stream. */
#define EXPANDED(group, ...) group(__VA_ARGS__)
#define WHOLE "vmladav", "", ""
#define AFTER_BIAS "vmladava", "ldm r1, " SUMS, "ldm r1!, " SUMS

/* Of 32 channels: the first or the last two filters and two pixels; what each vector is loaded with for the next products. */
#define L(a, w, x) M("vmladava", a, w, x)
#define OLD_PIXELS(a, b, c, d, q0_next, q1_next, q2_next, q3_next)                                \
  L(a, "q0", "q4") L(c, "q0", "q6") q0_next L(a, "q1", "q5") L(c, "q1", "q7") q1_next             \
  L(b, "q2", "q4") L(d, "q2", "q6") q2_next L(b, "q3", "q5") L(d, "q3", "q7") q3_next
#define OLD_FILTERS(a, b, c, d, q4_next, q5_next, q6_next, q7_next)                               \
  L(a, "q0", "q4") L(b, "q2", "q4") q4_next L(a, "q1", "q5") L(b, "q3", "q5") q5_next             \
  L(c, "q0", "q6") L(d, "q2", "q6") q6_next L(c, "q1", "q7") L(d, "q3", "q7") q7_next
#define VECTOR(q, at) "vldrw.u32 " q ", [" at "\n"
#define FILTERS(base)                                                                             \
  VECTOR("q0", base "]"), VECTOR("q1", base ", #16]"), VECTOR("q2", base ", #32]"), VECTOR("q3", base ", #48]")
#define PIXELS(step)                                                                              \
  VECTOR("q4", "r3, #" step "]!"), VECTOR("q5", "r3, #16]"), VECTOR("q6", "r3, #32]"), VECTOR("q7", "r3, #48]")
#define UPWARD PIXELS("64")
#define DOWNWARD PIXELS("-64")
#define THE_SAME "", "", "", ""
#define FIRST "r0", "r2", "r8", "r10"
#define SECOND "r4", "r6", "r12", "lr"
#define BIASES "ldmdb r1, " SUMS
#define FORTH(...)                                                                                \
  BIASES EXPANDED(OLD_PIXELS, FIRST, FILTERS("r5")) EXPANDED(OLD_FILTERS, SECOND, __VA_ARGS__) "push " SUMS
#define BACK(...)                                                                                 \
  BIASES EXPANDED(OLD_PIXELS, SECOND, FILTERS("r1")) EXPANDED(OLD_FILTERS, FIRST, __VA_ARGS__) "push " SUMS
#define BOTH(...) FORTH(__VA_ARGS__) BACK(__VA_ARGS__)
#define BEGUN(after) "add r1, #" after "\n add r5, r1, #64\n vldmia r1, {d0-d7}\n"
#define LONG_GROUP_OF_16                                                                          \
  BEGUN("32") "vldmia r3, {d8-d15}\n"                                                             \
  BOTH(UPWARD) BOTH(UPWARD) BOTH(UPWARD) FORTH(UPWARD) BACK(THE_SAME)                             \
  BEGUN("160") BOTH(DOWNWARD) BOTH(DOWNWARD) BOTH(DOWNWARD) FORTH(DOWNWARD) BACK(THE_SAME)        \
  "add r1, #128\n ldr r5, [sp, #536]\n" STORED_OF_16
#define LONG_GROUP_OF_8                                                                           \
  BEGUN("32") "vldmia r3, {d8-d15}\n" BOTH(UPWARD) FORTH(UPWARD) BACK(THE_SAME)                   \
  BEGUN("160") BOTH(DOWNWARD) FORTH(DOWNWARD) BACK(THE_SAME)                                      \
  "add r1, #128\n ldr r5, [sp, #280]\n" STORED_OF_8

/* 8 pixels of fewer channels to the first halves of their vectors. */
#define SPREAD(base)                                                                              \
  "vstrd.64 q0, [" base ", q4]\n vstrd.64 q1, [" base ", q5]\n vstrd.64 q2, [" base ", q6]\n vstrd.64 q3, [" base ", q7]\n"
#define OF_4_16                                                                                   \
  "adr.w r2, .Lplaces%=\n vldmia r2, {d8-d15}\n vldmia r0, {d0-d7}\n"                             \
  "vstrw.32 q0, [r3, q4]\n vstrw.32 q1, [r3, q5]\n vstrw.32 q2, [r3, q6]\n vstrw.32 q3, [r3, q7]\n"
#define GATHERED                                                                                  \
  "vldmia r1, {d8-d15}\n vldrb.u8 q0, [r0, q4]\n vldrb.u8 q1, [r0, q5]\n vldrb.u8 q2, [r0, q6]\n" \
  "vldrb.u8 q3, [r0, q7]\n vldmia r2, {d8-d15}\n"
#define OF_FEW_8 "adr.w r2, .Lplaces%=\n" GATHERED SPREAD("r3") "add r1, #64\n"
#define OF_FEW_16                                                                                 \
  "adr.w r2, .Lplaces%=\n" GATHERED SPREAD("r3") "ldr r4, [sp, #12]\n add r0, r0, r4, lsr #1\n" GATHERED \
  "add r4, r3, #128\n" SPREAD("r4") "add r1, #64\n"
#define DOUBLE_WORDS ".word 0, 0, 16, 0, 32, 0, 48, 0, 64, 0, 80, 0, 96, 0, 112, 0\n"
#define WORDS ".word 0, 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240\n"
#define FILL_8 EK_FILL(EK_FOUR_PIXELS EK_FOUR_PIXELS)
#define KEPT "str r5, [sp, #24]\n" /* the zero point */
#define KERNEL(name, arguments, begin, fill, spread, group, places)                               \
  EK_GROUPS(pointwise_groups_mve_##name, arguments, begin, fill, spread,                          \
            ".Lblock%=:\n" group "add r7, #8\n cmp r1, r11\n bne.w .Lblock%=\n", places)

KERNEL(8x16, EK_SCRATCH, EK_NOTHING, EK_FILL_16, EK_OF_8_16, EXPANDED(GROUP_OF_16, WHOLE), EK_NOTHING)
KERNEL(8x8, EK_SCRATCH, EK_NOTHING, FILL_8, EK_OF_8_8, EXPANDED(GROUP_OF_8, WHOLE), EK_NOTHING)
KERNEL(4x16, EK_SCRATCH, EK_NOTHING, EK_FILL_16, OF_4_16, EXPANDED(GROUP_OF_16, WHOLE), WORDS)
KERNEL(fewx16, EK_SCRATCH, EK_NOTHING, EK_FILL_16, OF_FEW_16, EXPANDED(GROUP_OF_16, WHOLE), DOUBLE_WORDS)
KERNEL(fewx8, EK_SCRATCH, EK_NOTHING, FILL_8, OF_FEW_8, EXPANDED(GROUP_OF_8, WHOLE), DOUBLE_WORDS)
KERNEL(16x16, EK_NO_SCRATCH, EK_NOTHING, EK_NOTHING, EK_OF_16, EXPANDED(GROUP_OF_16, AFTER_BIAS), EK_NOTHING)
KERNEL(16x8, EK_NO_SCRATCH, EK_NOTHING, EK_NOTHING, EK_OF_16, EXPANDED(GROUP_OF_8, AFTER_BIAS), EK_NOTHING)
KERNEL(32x16, EK_NO_SCRATCH, EK_NOTHING, KEPT, EK_OF_16, LONG_GROUP_OF_16, EK_NOTHING)
KERNEL(32x8, EK_NO_SCRATCH, EK_NOTHING, KEPT, EK_OF_16, LONG_GROUP_OF_8, EK_NOTHING)
KERNEL(16x16_apart, EK_SCRATCH, EK_APART_16, EK_NOTHING, EK_OF_16, EXPANDED(GROUP_OF_16, AFTER_BIAS), EK_NOTHING)
KERNEL(16x8_apart, EK_SCRATCH, EK_APART_16, EK_NOTHING, EK_OF_16, EXPANDED(GROUP_OF_8, AFTER_BIAS), EK_NOTHING)
KERNEL(32x16_apart, EK_SCRATCH, EK_APART_32, KEPT, EK_OF_16, LONG_GROUP_OF_16, EK_NOTHING)
KERNEL(32x8_apart, EK_SCRATCH, EK_APART_32, KEPT, EK_OF_16, LONG_GROUP_OF_8, EK_NOTHING)
