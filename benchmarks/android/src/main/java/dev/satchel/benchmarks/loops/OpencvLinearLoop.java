package dev.satchel.benchmarks.loops;

/** cv2.resize, INTER_LINEAR_EXACT: weights of 8 bits, each value of its four samples. */
final class OpencvLinearLoop extends ByteLoop {
    private final int width;
    private final int height;
    private final int side;
    private final int[] across;
    private final int[] down;

    OpencvLinearLoop(int width, int height, int side) {
        super(side);
        this.width = width;
        this.height = height;
        this.side = side;
        across = places(width, side);
        down = places(height, side);
    }

    @Override
    public void resize(byte[] rgb) {
        int place = 0;
        for (int y = 0; y < side; y++) {
            int above = down[2 * y] * width * 3;
            int below = Math.min(down[2 * y] + 1, height - 1) * width * 3;
            int low = down[2 * y + 1];
            for (int x = 0; x < side; x++) {
                int left = across[2 * x] * 3;
                int right = Math.min(across[2 * x] + 1, width - 1) * 3;
                int far = across[2 * x + 1];
                for (int c = 0; c < 3; c++) {
                    int top = (rgb[above + left + c] & 255) * (256 - far) + (rgb[above + right + c] & 255) * far;
                    int bottom = (rgb[below + left + c] & 255) * (256 - far) + (rgb[below + right + c] & 255) * far;
                    out[place++] = (byte) ((top * (256 - low) + bottom * low + 32768) >> 16);
                }
            }
        }
    }

    /** Gives the first sample of each output and the weight of the next, by turns. */
    private static int[] places(int source, int target) {
        double scale = 1 / ((double) target / source);
        int[] found = new int[2 * target];
        for (int i = 0; i < target; i++) {
            double at = scale * (i + 0.5) - 0.5;
            int sample = (int) Math.floor(at);
            found[2 * i] = Math.max(0, Math.min(source - 1, sample));
            found[2 * i + 1] = sample >= 0 && sample < source - 1 ? (int) Math.rint((at - sample) * 256) : 0;
        }
        return found;
    }
}
