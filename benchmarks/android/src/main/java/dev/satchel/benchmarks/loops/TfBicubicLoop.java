package dev.satchel.benchmarks.loops;

/** tf.image.resize, bicubic: one line of the four rows of an output, then four of its places for each value. */
final class TfBicubicLoop extends FloatLoop {
    private static final int STEPS = 1024;

    /** Four samples of each output of an axis, and what they weigh. */
    private record Fours(int[] samples, float[] weights) {}

    private final int width;
    private final int side;
    private final Fours across;
    private final Fours down;
    private final float[] line;

    TfBicubicLoop(int width, int height, int side) {
        super(side);
        this.width = width;
        this.side = side;
        across = fours(width, side);
        down = fours(height, side);
        line = new float[width * 3];
    }

    @Override
    public void resize(byte[] rgb) {
        int place = 0;
        for (int y = 0; y < side; y++) {
            shorten(rgb, y);
            for (int x = 0; x < side; x++) {
                int first = across.samples[4 * x] * 3;
                int second = across.samples[4 * x + 1] * 3;
                int third = across.samples[4 * x + 2] * 3;
                int fourth = across.samples[4 * x + 3] * 3;
                float a = across.weights[4 * x];
                float b = across.weights[4 * x + 1];
                float d = across.weights[4 * x + 2];
                float e = across.weights[4 * x + 3];
                for (int c = 0; c < 3; c++) {
                    out[place++] = line[first + c] * a + line[second + c] * b + line[third + c] * d + line[fourth + c] * e;
                }
            }
        }
    }

    private void shorten(byte[] rgb, int y) {
        int first = down.samples[4 * y] * line.length;
        int second = down.samples[4 * y + 1] * line.length;
        int third = down.samples[4 * y + 2] * line.length;
        int fourth = down.samples[4 * y + 3] * line.length;
        float a = down.weights[4 * y];
        float b = down.weights[4 * y + 1];
        float c = down.weights[4 * y + 2];
        float d = down.weights[4 * y + 3];
        for (int i = 0; i < line.length; i++) {
            line[i] = (rgb[first + i] & 255) * a + (rgb[second + i] & 255) * b + (rgb[third + i] & 255) * c + (rgb[fourth + i] & 255) * d;
        }
    }

    private static Fours fours(int source, int target) {
        float scale = (float) source / target;
        Fours found = new Fours(new int[4 * target], new float[4 * target]);
        for (int i = 0; i < target; i++) {
            float at = (i + 0.5f) * scale - 0.5f;
            float floor = (float) Math.floor(at);
            int step = (int) Math.rint((at - floor) * STEPS);
            float[] weights = {far(step), near(step), near(STEPS - step), far(STEPS - step)};
            float sum = 0;
            for (int tap = 0; tap < 4; tap++) {
                int sample = (int) floor - 1 + tap;
                found.samples[4 * i + tap] = Math.max(0, Math.min(source - 1, sample));
                found.weights[4 * i + tap] = sample == found.samples[4 * i + tap] ? weights[tap] : 0;
                sum += found.weights[4 * i + tap];
            }
            for (int tap = 0; tap < 4; tap++) {
                found.weights[4 * i + tap] *= 1 / sum;
            }
        }
        return found;
    }

    private static float near(int step) {
        double x = step / (double) STEPS;
        return (float) ((1.5 * x - 2.5) * x * x + 1);
    }

    private static float far(int step) {
        double x = step / (double) STEPS + 1;
        return (float) (((-0.5 * x + 2.5) * x - 4) * x + 2);
    }
}
