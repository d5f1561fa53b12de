package dev.satchel.benchmarks;

import dev.satchel.Frame;
import dev.satchel.ops.Picture;
import dev.satchel.ops.YuvToPicture;
import dev.satchel.steps.FrameRange;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** An NV21 frame of 1280 x 720 to upright RGB: Satchel's step alone, and a loop written by hand. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class FrameConversion {
    private static final int WIDTH = 1280;
    private static final int HEIGHT = 720;

    @Param({"full", "limited"})
    public String range;

    @Param({"0", "90", "180", "270"})
    public int rotation;

    private final byte[] nv21 = new byte[WIDTH * HEIGHT * 3 / 2];
    private final byte[] rgb = new byte[WIDTH * HEIGHT * 3];
    private final YuvToPicture step = new YuvToPicture(null);
    private Frame frame;

    /** Makes both sides, and refuses to measure them where they differ. */
    @Setup
    public void make() {
        new Random(1280).nextBytes(nv21);
        FrameRange of = range.equals("full") ? FrameRange.FULL : FrameRange.LIMITED;
        frame = Frame.Companion.nv21(nv21, WIDTH, HEIGHT, of, rotation);
        if (!Arrays.equals(loop(), Arrays.copyOf(satchel().getBytes(), rgb.length))) {
            throw new IllegalStateException(range + ", " + rotation + ": the sides give different pixels");
        }
    }

    @Benchmark
    public Picture satchel() {
        return step.run(frame);
    }

    @Benchmark
    public byte[] loop() {
        for (int y = 0; y < HEIGHT; y++) {
            switch (rotation) {
                case 0 -> row(y, y * WIDTH * 3, 3);
                case 90 -> row(y, (HEIGHT - 1 - y) * 3, HEIGHT * 3);
                case 180 -> row(y, ((HEIGHT - y) * WIDTH - 1) * 3, -3);
                default -> row(y, ((WIDTH - 1) * HEIGHT + y) * 3, -HEIGHT * 3);
            }
        }
        return rgb;
    }

    /** Two pixels share a colour; the first goes to a place, each other so far behind the one before. */
    private void row(int y, int place, int next) {
        boolean full = range.equals("full");
        int colour = WIDTH * HEIGHT + y / 2 * WIDTH;
        for (int x = y * WIDTH; x < y * WIDTH + WIDTH; x += 2) {
            int cr = (nv21[colour] & 255) - 128;
            int cb = (nv21[colour + 1] & 255) - 128;
            if (full) {
                full(nv21[x] & 255, cb, cr, place);
                full(nv21[x + 1] & 255, cb, cr, place + next);
            } else {
                limited(nv21[x] & 255, cb, cr, place);
                limited(nv21[x + 1] & 255, cb, cr, place + next);
            }
            colour += 2;
            place += 2 * next;
        }
    }

    private void full(int light, int cb, int cr, int at) {
        rgb[at] = level(light + ((91881 * cr + 32768) >> 16));
        rgb[at + 1] = level(light + ((-22554 * cb - 46802 * cr + 32768) >> 16));
        rgb[at + 2] = level(light + ((116130 * cb + 32768) >> 16));
    }

    private void limited(int light, int cb, int cr, int at) {
        int grey = 1220542 * Math.max(light - 16, 0) + 524288;
        rgb[at] = level((grey + 1673527 * cr) >> 20);
        rgb[at + 1] = level((grey - 852492 * cr - 409993 * cb) >> 20);
        rgb[at + 2] = level((grey + 2116026 * cb) >> 20);
    }

    private static byte level(int value) {
        return (byte) Math.max(0, Math.min(255, value));
    }
}
