package dev.satchel.benchmarks.loops;

/** cv2.resize, INTER_AREA, of sides that are not divided into whole blocks: the mean of what each output covers. */
final class OpencvAreaLoop extends ByteLoop {
    private static final double SLIVER = 1e-3;

    /** What each output of an axis reads, and what that weighs; each output has room for {@code size} weights. */
    private record Spans(int[] starts, int[] counts, float[] weights, int size) {}

    private final int width;
    private final int side;
    private final Spans across;
    private final Spans down;
    private final float[] line;
    private final float[] sums;

    OpencvAreaLoop(int width, int height, int side) {
        super(side);
        this.width = width;
        this.side = side;
        across = spans(width, side);
        down = spans(height, side);
        line = new float[side * 3];
        sums = new float[side * 3];
    }

    @Override
    public void resize(byte[] rgb) {
        for (int y = 0; y < side; y++) {
            java.util.Arrays.fill(sums, 0);
            for (int tap = 0; tap < down.counts[y]; tap++) {
                narrow(rgb, down.starts[y] + tap);
                float weight = down.weights[y * down.size + tap];
                for (int i = 0; i < line.length; i++) {
                    sums[i] += line[i] * weight;
                }
            }
            for (int i = 0; i < line.length; i++) {
                out[y * line.length + i] = (byte) Math.max(0, Math.min(255, (int) Math.rint(sums[i])));
            }
        }
    }

    private void narrow(byte[] rgb, int y) {
        int place = 0;
        for (int x = 0; x < side; x++) {
            float red = 0;
            float green = 0;
            float blue = 0;
            int at = (y * width + across.starts[x]) * 3;
            for (int tap = 0; tap < across.counts[x]; tap++) {
                float weight = across.weights[x * across.size + tap];
                red += (rgb[at] & 255) * weight;
                green += (rgb[at + 1] & 255) * weight;
                blue += (rgb[at + 2] & 255) * weight;
                at += 3;
            }
            line[place] = red;
            line[place + 1] = green;
            line[place + 2] = blue;
            place += 3;
        }
    }

    private static Spans spans(int source, int target) {
        double scale = 1 / ((double) target / source);
        int size = (int) Math.ceil(scale) + 2;
        Spans found = new Spans(new int[target], new int[target], new float[target * size], size);
        for (int i = 0; i < target; i++) {
            double from = i * scale;
            double end = from + scale;
            double cell = Math.min(scale, source - from);
            int last = Math.min((int) Math.floor(end), source - 1);
            int first = Math.min((int) Math.ceil(from), last);
            int taps = 0;
            boolean before = first - from > SLIVER;
            if (before) {
                found.weights[i * size + taps++] = (float) ((first - from) / cell);
            }
            for (int sample = first; sample < last; sample++) {
                found.weights[i * size + taps++] = (float) (1 / cell);
            }
            if (end - last > SLIVER) {
                found.weights[i * size + taps++] = (float) (Math.min(Math.min(end - last, 1), cell) / cell);
            }
            found.starts[i] = before ? first - 1 : first;
            found.counts[i] = taps;
        }
        return found;
    }
}
