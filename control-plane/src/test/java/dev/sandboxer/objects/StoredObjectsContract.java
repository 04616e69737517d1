package dev.sandboxer.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.store.Database;
import dev.sandboxer.testing.Concurrently;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.SettableClock;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of stored objects, on every database. */
abstract class StoredObjectsContract {
    private static final String SECRET = "fake-value-0123456789";

    @TempDir(factory = MemoryDirectory.class)
    Path home;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-30T12:00:00Z"));
    private Database database;
    private StoredObjects objects;

    /** Returns an empty database for one test. */
    abstract TestDatabase database(Path home);

    @BeforeEach
    void open() {
        database = database(home).open();
        objects = sealedWith("a");
    }

    private StoredObjects sealedWith(String key) {
        return new StoredObjects(database, () -> key.repeat(32).getBytes(StandardCharsets.US_ASCII), clock);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void what_was_added_is_found_by_its_id() {
        var added = objects.add("me", "secret", "st-1", SECRET, null);

        assertThat(objects.find("me", "secret", "st-1")).contains(added);
        assertThat(added.createdAt()).isEqualTo(clock.instant());
        assertThat(objects.find("me", "secret", "st-2")).isEmpty();
        assertThat(objects.find("me", "image", "st-1")).isEmpty();
    }

    @Test
    void no_consumer_reads_lists_or_deletes_anothers_objects() {
        objects.findOrAdd("me", "secret", "main/mine", "st-1", SECRET);

        assertThat(objects.find("other", "secret", "st-1")).isEmpty();
        assertThat(objects.named("other", "secret", "main/mine")).isEmpty();
        assertThat(objects.list("other", "secret", "", "", 10)).isEmpty();
        assertThat(objects.delete("other", "secret", "st-1")).isFalse();
        assertThat(objects.findOrAdd("other", "secret", "main/mine", "st-2", "theirs")
                        .content())
                .isEqualTo("theirs");
        assertThat(objects.replace("other", "secret", "main/mine", "st-1", "new")
                        .content())
                .isEqualTo("new");

        assertThat(objects.find("me", "secret", "st-1").orElseThrow().content()).isEqualTo(SECRET);
    }

    @Test
    void a_sealed_content_opens_in_its_own_row_only() {
        objects.add("me", "secret", "st-1", SECRET, null);
        objects.add("me", "secret", "st-2", "something else", null);
        objects.add("me", "image", "st-1", "another kind", null);
        objects.add("other", "secret", "st-1", "another consumer", null);
        database.write(handle -> handle.execute("UPDATE objects SET sealed = (SELECT sealed FROM objects"
                + " WHERE consumer = 'me' AND kind = 'secret' AND id = 'st-1')"));

        assertThat(objects.find("me", "secret", "st-1").orElseThrow().content()).isEqualTo(SECRET);
        assertUnreadable(() -> objects.find("me", "secret", "st-2"));
        assertUnreadable(() -> objects.find("me", "image", "st-1"));
        assertUnreadable(() -> objects.find("other", "secret", "st-1"));
    }

    @Test
    void another_key_or_a_damaged_row_opens_nothing_and_the_message_names_the_object() {
        objects.add("me", "secret", "st-1", SECRET, null);

        assertUnreadable(() -> sealedWith("b").find("me", "secret", "st-1"));
        for (String damage : List.of("", "x", "no base64!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")) {
            database.write(handle -> handle.execute("UPDATE objects SET sealed = ?", damage));
            assertUnreadable(() -> objects.find("me", "secret", "st-1"));
        }
    }

    private static void assertUnreadable(ThrowingCallable call) {
        assertFails(ErrorCode.MASTER_KEY_UNUSABLE, call, "st-");
    }

    @Test
    void neither_the_row_nor_the_text_of_an_object_shows_its_content() {
        var added = objects.add("me", "secret", "st-1", SECRET, null);
        String row = database.read(handle -> handle.createQuery("SELECT sealed FROM objects")
                .mapTo(String.class)
                .one());

        assertThat(row).doesNotContain(SECRET);
        assertThat(added.toString()).contains("st-1").doesNotContain(SECRET);
    }

    @Test
    void an_id_is_used_once() {
        objects.add("me", "secret", "st-1", SECRET, null);

        assertFails(ErrorCode.CONFLICT, () -> objects.add("me", "secret", "st-1", "second", null), "st-1");

        assertThat(objects.find("me", "secret", "st-1").orElseThrow().content()).isEqualTo(SECRET);
    }

    @Test
    void an_expired_object_is_gone_at_once_and_its_row_with_the_next_purge() {
        objects.add("me", "secret", "st-1", SECRET, Duration.ofHours(1));
        objects.add("me", "secret", "st-2", SECRET, null);
        clock.advance(Duration.ofHours(1).minusMillis(1));
        assertThat(objects.find("me", "secret", "st-1")).isPresent();

        clock.advance(Duration.ofMillis(1));

        assertThat(objects.find("me", "secret", "st-1")).isEmpty();
        assertThat(objects.purge()).isEqualTo(1);
        assertThat(objects.purge()).isZero();
        assertThat(objects.find("me", "secret", "st-2")).isPresent();
    }

    @Test
    void concurrent_requests_for_a_name_get_the_same_object() throws Exception {
        var found = Concurrently.run(8, i -> objects.findOrAdd("me", "app", "main/demo", "ap-" + i, "content " + i));

        assertThat(found.stream().distinct()).hasSize(1);
        assertThat(objects.findOrAdd("me", "app", "main/demo", "ap-9", "")).isEqualTo(found.getFirst());
    }

    @Test
    void a_replaced_object_has_the_new_content_and_one_id_only() {
        objects.replace("me", "image-tag", "main/base:latest", "it-1", "im-1");
        objects.replace("me", "image-tag", "main/base:latest", "it-2", "im-2");

        assertThat(objects.named("me", "image-tag", "main/base:latest")
                        .orElseThrow()
                        .content())
                .isEqualTo("im-2");
        assertThat(objects.find("me", "image-tag", "it-1")).isEmpty();
    }

    @Test
    void a_list_is_paged_by_name_and_limited_to_a_prefix() {
        for (String name : List.of("main/b", "main/B", "main/a-1", "main/a", "main/%", "dev/a", "main/_")) {
            objects.replace("me", "image-tag", name, "it-" + name, "im");
        }
        objects.add("me", "image-tag", "it-without", "im", null);

        var names = new ArrayList<String>();
        for (var page = page(""); !page.isEmpty(); page = page(names.getLast())) {
            names.addAll(page);
        }

        assertThat(names).containsExactly("main/%", "main/B", "main/_", "main/a", "main/a-1", "main/b");
        assertThat(objects.list("me", "image-tag", "main/%", "", 10)).hasSize(1);
    }

    private List<String> page(String after) {
        return objects.list("me", "image-tag", "main/", after, 2).stream()
                .map(object -> String.valueOf(object.name()))
                .toList();
    }

    @Test
    void the_size_of_a_content_is_limited() {
        var longest = "x".repeat(StoredObjects.MAX_LENGTH);
        objects.add("me", "secret", "st-1", longest, null);

        assertThat(objects.find("me", "secret", "st-1").orElseThrow().content()).isEqualTo(longest);
        assertFails(ErrorCode.TOO_LARGE, () -> objects.add("me", "secret", "st-2", longest + "x", null), "secret");
    }

    @Test
    void the_number_of_unexpired_objects_is_limited_by_consumer_and_kind() {
        var hour = clock.instant().plus(Duration.ofHours(1)).toEpochMilli();
        database.write(handle -> handle.execute(
                "INSERT INTO objects (consumer, kind, id, size, sealed, created_at, expires_at)"
                        + " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
                        + " SELECT 'me', 'secret', 'st-' || i, 0, '', 0, ? FROM n",
                StoredObjects.MAX_COUNT,
                hour));

        assertFails(ErrorCode.OVER_QUOTA, () -> objects.add("me", "secret", "one-more", "", null), "delete some");
        assertFails(ErrorCode.OVER_QUOTA, () -> objects.findOrAdd("me", "secret", "named", "st-x", ""), "delete some");
        assertFails(ErrorCode.OVER_QUOTA, () -> objects.replace("me", "secret", "named", "st-x", ""), "delete some");
        objects.add("other", "secret", "one", "", null);
        objects.add("me", "app", "one", "", null);

        clock.advance(Duration.ofHours(1));
        objects.add("me", "secret", "one-more", "", null);
    }

    @Test
    void the_size_of_all_contents_is_limited_and_a_replaced_one_does_not_count_twice() {
        database.write(handle -> handle.execute(
                "INSERT INTO objects (consumer, kind, id, name, size, sealed, created_at)"
                        + " VALUES ('me', 'secret', 'st-1', 'main/full', ?, '', 0)",
                StoredObjects.MAX_TOTAL_LENGTH));

        assertFails(ErrorCode.OVER_QUOTA, () -> objects.add("me", "secret", "st-2", "x", null), "characters");
        objects.replace("me", "secret", "main/full", "st-1", "x");
        objects.add("me", "secret", "st-2", "x", null);
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SandboxException.class, e -> {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
            assertThat(e).hasMessageContaining(message).hasMessageNotContaining(SECRET);
        });
    }
}
