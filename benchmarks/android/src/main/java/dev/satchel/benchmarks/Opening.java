package dev.satchel.benchmarks;

import dev.satchel.BundleReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A bundle opened with every check, and its bytes read and hashed alone; {@code satchel.bundle} names it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class Opening {
    private final Path path = Path.of(System.getProperty("satchel.bundle"));

    @Benchmark
    public BundleReader satchel() {
        BundleReader reader = BundleReader.open(path.toFile());
        reader.verify();
        return reader;
    }

    @Benchmark
    public byte[] hash() throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] chunk = new byte[1 << 18];
        try (InputStream file = Files.newInputStream(path)) {
            for (int count = file.read(chunk); count >= 0; count = file.read(chunk)) {
                digest.update(chunk, 0, count);
            }
        }
        return digest.digest();
    }
}
