package dev.satchel.benchmarks.loops;

import java.util.function.DoubleUnaryOperator;

/** Pillow's two passes: taps of 22 bits behind the point, levels between the passes. */
final class PillowLoop extends ByteLoop {
    private static final int BITS = 22;
    private static final int HALF = 1 << (BITS - 1);

    /** What each output of an axis reads, and what that weighs; each output has room for {@code size} weights. */
    private record Taps(int[] starts, int[] counts, int[] weights, int size) {}

    private final int width;
    private final int height;
    private final int side;
    private final Taps across;
    private final Taps down;
    private final byte[] between;
    private final int[] sums;

    PillowLoop(String method, int width, int height, int side) {
        super(side);
        this.width = width;
        this.height = height;
        this.side = side;
        across = taps(method, width, side);
        down = taps(method, height, side);
        between = new byte[height * side * 3];
        sums = new int[side * 3];
    }

    @Override
    public void resize(byte[] rgb) {
        for (int y = 0; y < height; y++) {
            narrow(rgb, y);
        }
        for (int y = 0; y < side; y++) {
            shorten(y);
        }
    }

    private void narrow(byte[] rgb, int y) {
        int place = y * side * 3;
        for (int x = 0; x < side; x++) {
            int red = HALF;
            int green = HALF;
            int blue = HALF;
            int at = (y * width + across.starts[x]) * 3;
            int end = x * across.size + across.counts[x];
            for (int tap = x * across.size; tap < end; tap++) {
                int weight = across.weights[tap];
                red += (rgb[at] & 255) * weight;
                green += (rgb[at + 1] & 255) * weight;
                blue += (rgb[at + 2] & 255) * weight;
                at += 3;
            }
            between[place] = level(red);
            between[place + 1] = level(green);
            between[place + 2] = level(blue);
            place += 3;
        }
    }

    private void shorten(int y) {
        int line = side * 3;
        java.util.Arrays.fill(sums, HALF);
        for (int tap = 0; tap < down.counts[y]; tap++) {
            int weight = down.weights[y * down.size + tap];
            int from = (down.starts[y] + tap) * line;
            for (int i = 0; i < line; i++) {
                sums[i] += (between[from + i] & 255) * weight;
            }
        }
        for (int i = 0; i < line; i++) {
            out[y * line + i] = level(sums[i]);
        }
    }

    private static byte level(int sum) {
        return (byte) Math.max(0, Math.min(255, sum >> BITS));
    }

    private static Taps taps(String method, int source, int target) {
        double scale = (double) source / target;
        double reach = support(method) * Math.max(scale, 1);
        int size = (int) Math.ceil(reach) * 2 + 1;
        DoubleUnaryOperator filter = filter(method);
        Taps found = new Taps(new int[target], new int[target], new int[target * size], size);
        for (int i = 0; i < target; i++) {
            double centre = (i + 0.5) * scale;
            int first = Math.max((int) (centre - reach + 0.5), 0);
            int last = Math.min((int) (centre + reach + 0.5), source);
            double[] weights = new double[last - first];
            double sum = 0;
            for (int tap = 0; tap < weights.length; tap++) {
                weights[tap] = filter.applyAsDouble((tap + (first - centre) + 0.5) * (1 / Math.max(scale, 1)));
                sum += weights[tap];
            }
            found.starts[i] = first;
            found.counts[i] = weights.length;
            for (int tap = 0; tap < weights.length; tap++) {
                double weight = weights[tap] / sum * (1 << BITS);
                found.weights[i * size + tap] = (int) (weight + (weight < 0 ? -0.5 : 0.5));
            }
        }
        return found;
    }

    private static double support(String method) {
        return switch (method) {
            case "pillow.box" -> 0.5;
            case "pillow.bicubic" -> 2;
            case "pillow.lanczos" -> 3;
            default -> 1;
        };
    }

    private static DoubleUnaryOperator filter(String method) {
        return switch (method) {
            case "pillow.box" -> x -> x > -0.5 && x <= 0.5 ? 1 : 0;
            case "pillow.bilinear" -> x -> Math.max(0, 1 - Math.abs(x));
            case "pillow.hamming" -> x -> Math.abs(x) >= 1 ? 0 : sinc(x) * (0.54f + 0.46f * Math.cos(Math.abs(x) * Math.PI));
            case "pillow.bicubic" -> PillowLoop::bicubic;
            default -> x -> x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
        };
    }

    private static double bicubic(double at) {
        double x = Math.abs(at);
        if (x < 1) {
            return (1.5 * x - 2.5) * x * x + 1;
        }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
    }
}
