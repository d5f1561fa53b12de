package dev.satchel.benchmarks.loops;

/** tf.image.resize, area, and bilinear with antialias: as many samples as an output covers. */
final class TfSpanLoop extends FloatLoop {
    /** What each output of an axis reads, and what that weighs; each output has room for {@code size} weights. */
    private record Spans(int[] starts, int[] counts, float[] weights, int size) {}

    private final boolean area;
    private final int width;
    private final int height;
    private final int side;
    private final Spans across;
    private final Spans down;
    private final float[] line;
    private final float unit;

    TfSpanLoop(String method, int width, int height, int side) {
        super(side);
        this.width = width;
        this.height = height;
        this.side = side;
        area = method.equals("tf.area");
        across = area ? cells(width, side) : triangles(width, side);
        down = area ? cells(height, side) : triangles(height, side);
        line = new float[(area ? side : width) * 3];
        unit = 1f / (((float) height / side) * ((float) width / side));
    }

    @Override
    public void resize(byte[] rgb) {
        for (int y = 0; y < side; y++) {
            if (area) {
                covered(rgb, y);
            } else {
                antialiased(rgb, y);
            }
        }
    }

    /** Rows are narrowed, weighed and summed; then all is divided by what an output covers. */
    private void covered(byte[] rgb, int y) {
        int begin = y * line.length;
        java.util.Arrays.fill(out, begin, begin + line.length, 0);
        for (int tap = 0; tap < down.counts[y]; tap++) {
            narrow(rgb, Math.min(down.starts[y] + tap, height - 1));
            float weight = down.weights[y * down.size + tap];
            for (int i = 0; i < line.length; i++) {
                out[begin + i] += line[i] * weight;
            }
        }
        for (int i = begin; i < begin + line.length; i++) {
            out[i] *= unit;
        }
    }

    private void narrow(byte[] rgb, int y) {
        int place = 0;
        for (int x = 0; x < side; x++) {
            float red = 0;
            float green = 0;
            float blue = 0;
            for (int tap = 0; tap < across.counts[x]; tap++) {
                int at = (y * width + Math.min(across.starts[x] + tap, width - 1)) * 3;
                float weight = across.weights[x * across.size + tap];
                red += (rgb[at] & 255) * weight;
                green += (rgb[at + 1] & 255) * weight;
                blue += (rgb[at + 2] & 255) * weight;
            }
            line[place] = red;
            line[place + 1] = green;
            line[place + 2] = blue;
            place += 3;
        }
    }

    /** Rows are weighed and summed, then narrowed. */
    private void antialiased(byte[] rgb, int y) {
        java.util.Arrays.fill(line, 0);
        for (int tap = 0; tap < down.counts[y]; tap++) {
            int from = (down.starts[y] + tap) * line.length;
            float weight = down.weights[y * down.size + tap];
            for (int i = 0; i < line.length; i++) {
                line[i] += weight * (rgb[from + i] & 255);
            }
        }
        int place = y * side * 3;
        for (int x = 0; x < side; x++) {
            float red = 0;
            float green = 0;
            float blue = 0;
            int at = across.starts[x] * 3;
            for (int tap = 0; tap < across.counts[x]; tap++) {
                float weight = across.weights[x * across.size + tap];
                red += weight * line[at];
                green += weight * line[at + 1];
                blue += weight * line[at + 2];
                at += 3;
            }
            out[place] = red;
            out[place + 1] = green;
            out[place + 2] = blue;
            place += 3;
        }
    }

    private static Spans triangles(int source, int target) {
        float scale = 1f / ((float) target / source);
        int size = 2 * (int) Math.ceil(scale) + 1;
        Spans found = new Spans(new int[target], new int[target], new float[target * size], size);
        for (int i = 0; i < target; i++) {
            float centre = (i + 0.5f) * scale;
            int first = Math.max((int) Math.ceil(centre - scale - 0.5f), 0);
            int last = Math.min((int) Math.floor(centre + scale - 0.5f), source - 1);
            float sum = 0;
            for (int tap = 0; tap <= last - first; tap++) {
                float weight = Math.max(1f - Math.abs((first + tap + 0.5f - centre) * (1f / scale)), 0f);
                found.weights[i * size + tap] = weight;
                sum += weight;
            }
            found.starts[i] = first;
            found.counts[i] = last - first + 1;
            for (int tap = 0; tap <= last - first; tap++) {
                found.weights[i * size + tap] *= 1f / sum;
            }
        }
        return found;
    }

    private static Spans cells(int source, int target) {
        float scale = (float) source / target;
        int size = (int) Math.ceil(scale) + 2;
        Spans found = new Spans(new int[target], new int[target], new float[target * size], size);
        for (int i = 0; i < target; i++) {
            float from = i * scale;
            float to = (i + 1) * scale;
            int first = (int) Math.floor(from);
            found.starts[i] = first;
            found.counts[i] = (int) Math.ceil(to) - first;
            for (int tap = 0; tap < found.counts[i]; tap++) {
                int cell = first + tap;
                float inside = cell + 1 > to ? to - cell : 1f;
                float begun = cell + 1 > to ? scale : cell + 1 - from;
                found.weights[i * size + tap] = cell < from ? begun : inside;
            }
        }
        return found;
    }
}
