package dev.satchel.benchmarks;

import dev.satchel.Photo;
import dev.satchel.Pipeline;
import dev.satchel.Prepared;
import dev.satchel.SpecKt;
import dev.satchel.benchmarks.loops.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A photo to a normalized [1, 224, 224, 3] tensor in direct memory: Satchel, and a loop written by hand.
 *
 * <p>The folder {@code satchel.given} holds photo.rgb, 640 x 480, and for each method spec.json and the expected tensor.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class Preparation {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;
    private static final int SIDE = 224;
    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] STD = {0.229f, 0.224f, 0.225f};

    @Param("pillow.bilinear")
    public String method;

    private byte[] rgb;
    private Photo photo;
    private Pipeline pipeline;
    private Prepared prepared;
    private Loop loop;
    private final float[] table = new float[3 * 256];
    private final float[] values = new float[SIDE * SIDE * 3];
    private final FloatBuffer tensor = ByteBuffer.allocateDirect(SIDE * SIDE * 12).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();

    /** Makes both sides, and refuses to measure one that gives another tensor than it should. */
    @Setup
    public void make() throws IOException {
        Path given = Path.of(System.getProperty("satchel.given"));
        rgb = Files.readAllBytes(given.resolve("photo.rgb"));
        photo = Photo.fromPixels(rgb, WIDTH, HEIGHT);
        pipeline = new Pipeline(SpecKt.parseSpec(Files.readString(given.resolve(method + ".json"))), Map.of(), null);
        loop = Loop.of(method, WIDTH, HEIGHT, SIDE);
        for (int level = 0; level < 256; level++) {
            for (int c = 0; c < 3; c++) {
                table[256 * c + level] = (level / 255f - MEAN[c]) / STD[c];
            }
        }
        FloatBuffer expected = ByteBuffer.wrap(Files.readAllBytes(given.resolve(method + ".f32"))).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        FloatBuffer found = satchel().getTensors().get("image").getData().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        if (!found.equals(expected) || !loop().equals(expected)) {
            throw new IllegalStateException(method + ": the sides give different tensors");
        }
    }

    @Benchmark
    public Prepared satchel() {
        prepared = pipeline.prepareTraced(photo, prepared);
        return prepared;
    }

    @Benchmark
    public FloatBuffer loop() {
        loop.resize(rgb);
        if (loop.floating()) {
            normalize(loop.floats());
        } else {
            normalize(loop.bytes());
        }
        tensor.clear();
        tensor.put(values);
        return tensor.clear();
    }

    private void normalize(float[] resized) {
        for (int i = 0; i < values.length; i += 3) {
            values[i] = (resized[i] / 255f - MEAN[0]) / STD[0];
            values[i + 1] = (resized[i + 1] / 255f - MEAN[1]) / STD[1];
            values[i + 2] = (resized[i + 2] / 255f - MEAN[2]) / STD[2];
        }
    }

    private void normalize(byte[] resized) {
        for (int i = 0; i < values.length; i += 3) {
            values[i] = table[resized[i] & 255];
            values[i + 1] = table[256 + (resized[i + 1] & 255)];
            values[i + 2] = table[512 + (resized[i + 2] & 255)];
        }
    }
}
