package dev.sandboxer.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.FakeExtension;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A master key outside the home, which may be read-only or shared with other homes. */
class SharedMasterKeyTest {
    private static final String KEY = "key_0123456789abcdef";

    @TempDir(factory = MemoryDirectory.class)
    Path directory;

    private Path mounted;
    private Path file;
    private ControlPlane one;
    private ControlPlane other;

    @BeforeEach
    void start() throws IOException {
        mounted = Files.createDirectory(directory.resolve("mounted"));
        file = mounted.resolve("key");
        one = start("one");
        other = start("other");
    }

    private ControlPlane start(String name) throws IOException {
        var installation = new TestInstallation(Files.createDirectory(directory.resolve(name)));
        installation.environment().put("SANDBOXER_MASTER_KEY_FILE", file.toString());
        return installation.start(List.of(FakeExtension.keyed("cloud", installation.clock())));
    }

    @AfterEach
    void stop() {
        one.close();
        other.close();
    }

    @Test
    void a_rotation_in_one_home_leaves_the_other_its_credentials() {
        var mine = add(one, "own");
        var theirs = add(other, "own");

        assertThat(one.credentials().rotateMasterKey(false)).isEqualTo(new Credentials.Rotation(1, true));

        assertThat(key(one, mine)).isEqualTo(KEY);
        assertThat(key(other, theirs)).isEqualTo(KEY);
        other.credentials().rotateMasterKey(false);
        assertThat(key(one, mine)).isEqualTo(KEY);
        assertThat(key(other, theirs)).isEqualTo(KEY);
    }

    @Test
    void older_keys_of_a_shared_file_are_dropped_on_request() throws IOException {
        var mine = add(one, "own");
        var old = Files.copy(file, directory.resolve("old"));

        assertThat(one.credentials().rotateMasterKey(true)).isEqualTo(new Credentials.Rotation(1, false));

        assertThat(key(one, mine)).isEqualTo(KEY);
        Files.copy(old, file, StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> one.credentials().open(mine.id())).isInstanceOf(SandboxException.class);
    }

    @Test
    void the_homes_own_file_is_not_shared_even_if_the_variable_names_it() throws IOException {
        var home = Files.createDirectory(directory.resolve("third"));
        Files.createSymbolicLink(directory.resolve("link"), home);
        var installation = new TestInstallation(home);
        installation
                .environment()
                .put(
                        "SANDBOXER_MASTER_KEY_FILE",
                        directory.resolve("link/master-key.json").toString());
        try (var third = installation.start(List.of(FakeExtension.keyed("cloud", installation.clock())))) {
            add(third, "own");

            assertThat(third.credentials().rotateMasterKey(false)).isEqualTo(new Credentials.Rotation(1, false));
        }
    }

    @Test
    void a_master_key_in_a_read_only_directory_can_be_used() throws IOException {
        add(one, "own");
        Files.delete(mounted.resolve("key.lock"));
        Files.createDirectory(mounted.resolve("key.lock"));

        assertThat(key(other, add(other, "own"))).isEqualTo(KEY);
        var before = Files.readString(file);
        assertThatThrownBy(() -> other.credentials().rotateMasterKey(false))
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MASTER_KEY_UNUSABLE))
                .hasMessageContaining("its directory is not writable")
                .message()
                .doesNotContain("backup");
        assertThat(file).hasContent(before);
    }

    private static StoredCredential add(ControlPlane process, String name) {
        return process.credentials()
                .add(
                        Owner.consumer(TestInstallation.ME),
                        process.registry().all().iterator().next().id(),
                        name,
                        Map.of("key", KEY),
                        false);
    }

    private static String key(ControlPlane process, StoredCredential credential) {
        return String.valueOf(process.credentials()
                .open(credential.id())
                .credential()
                .fields()
                .get("key"));
    }
}
