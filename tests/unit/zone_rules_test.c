// SPDX-License-Identifier: GPL-2.0
/*
 * The rules of zones: each operation in each condition.
 *
 * A zone is brought into the condition, and the operation done, as users do it.
 * What comes of it is said by a matrix of our own, from ZBC and ZNS, and where they
 * leave a choice from null_blk.
 */
#include "zone_dev.h"

/*
 * A column for each operation, in the order of enum cnull_zone_op. "-": it fails;
 * "=": it changes nothing; "e": the zone is empty, and its data forgotten; another
 * letter: the zone is in that condition (IMP_OPEN, EXP_OPEN, CLOSED or, where
 * nothing was written, EMPTY, FULL, READONLY, OFFLINE); a capital one: if there may
 * be one more open zone, and "C" if there may be one more active zone.
 */
static const char *const matrix[CNULL_NR_ZONE_CONDS] = {
	/*			RWAOCFRAroFELP */
	[CNULL_ZONE_NOT_WP] =	"==-----=--=-==",
	[CNULL_ZONE_EMPTY] =	"=IIX-Fe=ro=-==",
	[CNULL_ZONE_IMP_OPEN] =	"===xcfeerofccc",
	[CNULL_ZONE_EXP_OPEN] =	"====cfeerof-cc",
	[CNULL_ZONE_CLOSED] =	"=IIX=Feerof-c=",
	[CNULL_ZONE_FULL] =	"=----=eero=-C=",
	[CNULL_ZONE_READONLY] =	"=------=eo=-==",
	[CNULL_ZONE_OFFLINE] =	"-------=re=-==",
};

static const char *const cond_names[CNULL_NR_ZONE_CONDS] = {
	[CNULL_ZONE_NOT_WP] = "NOT_WP",
	[CNULL_ZONE_EMPTY] = "EMPTY",
	[CNULL_ZONE_IMP_OPEN] = "IMP_OPEN",
	[CNULL_ZONE_EXP_OPEN] = "EXP_OPEN",
	[CNULL_ZONE_CLOSED] = "CLOSED",
	[CNULL_ZONE_FULL] = "FULL",
	[CNULL_ZONE_READONLY] = "READONLY",
	[CNULL_ZONE_OFFLINE] = "OFFLINE",
};

static const char *const op_names[CNULL_NR_ZONE_OPS] = {
	[CNULL_ZONE_READ] = "READ",
	[CNULL_ZONE_WRITE] = "WRITE",
	[CNULL_ZONE_APPEND] = "APPEND",
	[CNULL_ZONE_OPEN] = "OPEN",
	[CNULL_ZONE_CLOSE] = "CLOSE",
	[CNULL_ZONE_FINISH] = "FINISH",
	[CNULL_ZONE_RESET] = "RESET",
	[CNULL_ZONE_RESET_ALL] = "RESET_ALL",
	[CNULL_ZONE_TO_READONLY] = "TO_READONLY",
	[CNULL_ZONE_TO_OFFLINE] = "TO_OFFLINE",
	[CNULL_ZONE_FILL] = "FILL",
	[CNULL_ZONE_CLOSE_IMP_OPEN] = "EVICT",
	[CNULL_ZONE_POWER_LOSS] = "LOSE",
	[CNULL_ZONE_POWER_OFF] = "POWER_OFF",
};

static enum cnull_zone_cond cond_of(char letter)
{
	switch (letter) {
	case 'i':
	case 'I':
		return CNULL_ZONE_IMP_OPEN;
	case 'x':
	case 'X':
		return CNULL_ZONE_EXP_OPEN;
	case 'c':
	case 'C':
		return CNULL_ZONE_CLOSED;
	case 'f':
	case 'F':
		return CNULL_ZONE_FULL;
	case 'r':
		return CNULL_ZONE_READONLY;
	case 'o':
		return CNULL_ZONE_OFFLINE;
	default:
		return CNULL_ZONE_EMPTY;
	}
}

static bool needs_room(char letter)
{
	return letter == 'I' || letter == 'X' || letter == 'F' || letter == 'C';
}

static enum cnull_zone_effect effect_of(char letter)
{
	switch (letter) {
	case '-':
		return CNULL_ZONE_FAILS;
	case '=':
		return CNULL_ZONE_STAYS;
	case 'e':
		return CNULL_ZONE_RESETS;
	default:
		return needs_room(letter) ? CNULL_ZONE_NEEDS_RESOURCES :
					    CNULL_ZONE_ENTERS;
	}
}

static void the_table_is_the_matrix(struct kunit *test)
{
	enum cnull_zone_cond cond;
	enum cnull_zone_op op;

	for (cond = 0; cond < CNULL_NR_ZONE_CONDS; cond++) {
		KUNIT_ASSERT_EQ(test, strlen(matrix[cond]), CNULL_NR_ZONE_OPS);
		for (op = 0; op < CNULL_NR_ZONE_OPS; op++) {
			const struct cnull_zone_rule *rule =
				&cnull_zone_rules[cond][op];
			char letter = matrix[cond][op];

			KUNIT_EXPECT_EQ_MSG(test, rule->effect,
					    effect_of(letter), "%s, %s",
					    cond_names[cond], op_names[op]);
			if (rule->effect <= CNULL_ZONE_STAYS)
				continue;
			KUNIT_EXPECT_EQ_MSG(test, rule->next, cond_of(letter),
					    "%s, %s", cond_names[cond],
					    op_names[op]);
		}
	}
}

/** enum room - what another zone leaves to be had */
enum room {
	ROOM,
	NO_OPEN,	/* as many are open as may be, explicitly */
	NO_ACTIVE,	/* as many are active as may be */
	NR_ROOMS
};

/**
 * struct pair - a condition and an operation, and what is round about
 * @cond: the condition
 * @op: the operation
 * @memory: the device keeps data
 * @data: so many sectors were written
 * @room: may one more zone be open?
 */
struct pair {
	enum cnull_zone_cond cond;
	enum cnull_zone_op op;
	bool memory;
	unsigned int data;
	enum room room;
};

/** struct outcome - what is to come of it; @data: sectors that were written */
struct outcome {
	int err;
	enum cnull_zone_cond cond;
	unsigned int data;
};

/* Sectors of a write. */
#define NR		8U

/* Zones: the one in question, one that takes room, one that needs it. */
#define ZONE(p)		((p)->cond == CNULL_ZONE_NOT_WP ? 0U : 2U)
#define RIVAL		7U
#define THIRD		4U

#define EXPECT_PAIR(test, p, a, b)					\
	KUNIT_EXPECT_EQ_MSG(test, a, b,					\
			    "%s, %s: memory %d, sectors written %u, room %d", \
			    cond_names[(p)->cond], op_names[(p)->op],	\
			    (p)->memory, (p)->data, (p)->room)

/* What no sequence of operations leads to. */
static bool can_be(const struct pair *p)
{
	if (p->cond == CNULL_ZONE_EMPTY && p->data)
		return false;
	if (p->cond == CNULL_ZONE_CLOSED && !p->data && p->op != CNULL_ZONE_FILL)
		return false;
	/* With a write under way a zone is closed where it would be empty. */
	if (p->cond == CNULL_ZONE_EMPTY && p->op == CNULL_ZONE_FILL)
		return false;
	/* Room is taken from it because there is none. */
	return p->op != CNULL_ZONE_CLOSE_IMP_OPEN || p->room == ROOM;
}

/* Write what is in the zone; half of it is durable if it is to be lost. */
static int put_data(struct zone_dev *zd, const struct pair *p)
{
	u64 start = zd_at(ZONE(p), 0);
	int err;

	if (!p->data)
		return 0;
	err = zd_write(zd, start, p->data / 2) ?:
	      zd_run(zd, CNULL_OP_FLUSH, 0, 0) ?:
	      zd_write(zd, start + p->data / 2, p->data / 2);
	if (err || p->op == CNULL_ZONE_POWER_LOSS)
		return err;
	return zd_run(zd, CNULL_OP_FLUSH, 0, 0);
}

/* An empty zone is opened by a write, though that fails. */
static int open_for_nothing(struct zone_dev *zd, u64 start)
{
	int err = zd_bad(zd, true, start);

	if (err)
		return err;
	err = zd_write(zd, start, NR);
	return err == -EIO ? 0 : err ?: 1;
}

/* Bring the zone into its condition. @held: a write that is under way, for FILL. */
static int bring(struct zone_dev *zd, const struct pair *p,
		 struct cnull_io *held)
{
	u64 start = zd_at(ZONE(p), 0);
	int err = put_data(zd, p);

	if (err)
		return err;
	if (p->op == CNULL_ZONE_FILL && p->cond != CNULL_ZONE_NOT_WP) {
		err = zd_hold(zd, held, CNULL_OP_WRITE, start + p->data,
			      ZD_CAPACITY - p->data);
		if (err != -EAGAIN)
			return err ?: 1;
	}
	switch (p->cond) {
	case CNULL_ZONE_IMP_OPEN:
		return p->data || p->op == CNULL_ZONE_FILL ?
			       0 : open_for_nothing(zd, start);
	case CNULL_ZONE_EXP_OPEN:
		return zd_run(zd, CNULL_OP_ZONE_OPEN, start, 0);
	case CNULL_ZONE_CLOSED:
		return zd_run(zd, CNULL_OP_ZONE_CLOSE, start, 0);
	case CNULL_ZONE_FULL:
		return zd_run(zd, CNULL_OP_ZONE_FINISH, start, 0);
	case CNULL_ZONE_READONLY:
		return cnull_zone_set_condition(zd->dev.live, ZONE(p),
					    CNULL_ZONE_TO_READONLY);
	case CNULL_ZONE_OFFLINE:
		return cnull_zone_set_condition(zd->dev.live, ZONE(p),
					    CNULL_ZONE_TO_OFFLINE);
	default:
		return 0;
	}
}

/* The rival, and the zone itself if it has room already, take all there is. */
static int take_room(struct zone_dev *zd, const struct pair *p)
{
	char text[8];
	int err;

	if (p->room == ROOM)
		return 0;
	/* With data, it is active without power, too. */
	err = zd_op(zd, CNULL_OP_ZONE_OPEN, RIVAL) ?:
	      zd_write_flags(zd, CNULL_IO_FUA, zd_at(RIVAL, 0), NR);
	if (err)
		return err;
	snprintf(text, sizeof(text), "%d",
		 1 + (p->room == NO_OPEN ? cnull_zone_is_open(p->cond) :
					   cnull_zone_is_active(p->cond)));
	return p->room == NO_OPEN ? ZD_SET(zd, zone_max_open, text) :
				    ZD_SET(zd, zone_max_active, text);
}

/* Fill the zone: by the write that is under way, if it has a pointer. */
static int fill(struct zone_dev *zd, const struct pair *p, struct cnull_io *held)
{
	return p->cond == CNULL_ZONE_NOT_WP ?
		       zd_write(zd, zd_at(0, ZD_ZONE - NR), NR) :
		       zd_rerun(zd, held);
}

static int operate(struct zone_dev *zd, const struct pair *p,
		   struct cnull_io *held)
{
	u64 start = zd_at(ZONE(p), 0);

	switch (p->op) {
	case CNULL_ZONE_READ:
		return zd_run(zd, CNULL_OP_READ, start, NR);
	case CNULL_ZONE_WRITE:
		return zd_write(zd, start + p->data, NR);
	case CNULL_ZONE_APPEND:
		return zd_append(zd, start + p->data, NR);
	case CNULL_ZONE_OPEN:
		return zd_run(zd, CNULL_OP_ZONE_OPEN, start, 0);
	case CNULL_ZONE_CLOSE:
		return zd_run(zd, CNULL_OP_ZONE_CLOSE, start, 0);
	case CNULL_ZONE_FINISH:
		return zd_run(zd, CNULL_OP_ZONE_FINISH, start, 0);
	case CNULL_ZONE_RESET:
		return zd_run(zd, CNULL_OP_ZONE_RESET, start, 0);
	case CNULL_ZONE_RESET_ALL:
		return zd_run(zd, CNULL_OP_ZONE_RESET_ALL, 0, 0);
	case CNULL_ZONE_TO_READONLY:
	case CNULL_ZONE_TO_OFFLINE:
		return cnull_zone_set_condition(zd->dev.live, ZONE(p), p->op);
	case CNULL_ZONE_FILL:
		return fill(zd, p, held);
	case CNULL_ZONE_CLOSE_IMP_OPEN:
		return ZD_SET(zd, zone_max_open, "1") ?:
		       zd_write(zd, zd_at(THIRD, 0), NR);
	default:
		return zd_cycle(zd);
	}
}

static int status_of(const struct pair *p, char letter)
{
	/* It is that of who wants room. */
	if (p->op == CNULL_ZONE_CLOSE_IMP_OPEN)
		return p->cond == CNULL_ZONE_EXP_OPEN ? -ETOOMANYREFS : 0;
	if (letter == '-')
		return -EIO;
	/* To have no room is no error then. */
	if (p->op == CNULL_ZONE_POWER_LOSS)
		return 0;
	if (needs_room(letter) && p->room == NO_OPEN)
		return -ETOOMANYREFS;
	if (needs_room(letter) && p->room == NO_ACTIVE &&
	    p->cond == CNULL_ZONE_EMPTY)
		return -EOVERFLOW;
	return 0;
}

/* How many sectors are written then, if it goes well? */
static unsigned int data_after(const struct pair *p, char letter)
{
	if (letter == 'e')
		return 0;
	switch (p->op) {
	case CNULL_ZONE_WRITE:
	case CNULL_ZONE_APPEND:
		return p->data + NR;
	case CNULL_ZONE_FILL:
		return p->cond == CNULL_ZONE_NOT_WP ? p->data : ZD_CAPACITY;
	case CNULL_ZONE_POWER_LOSS:
		return p->data / 2;
	default:
		return p->data;
	}
}

static struct outcome outcome_of(const struct pair *p)
{
	/* Where nothing was written nothing is lost. */
	char letter = matrix[p->cond][p->op == CNULL_ZONE_POWER_LOSS && !p->data ?
				      CNULL_ZONE_POWER_OFF : p->op];
	struct outcome out = { .cond = p->cond, .data = p->data };

	out.err = status_of(p, letter);
	if (out.err || letter == '-')
		return out;
	out.data = data_after(p, letter);
	if (letter != '=' && !(letter == 'C' && p->room == NO_ACTIVE))
		out.cond = cond_of(letter);
	if (!p->memory && p->op >= CNULL_ZONE_POWER_LOSS) {
		/* Another device. */
		out.data = 0;
		if (p->cond != CNULL_ZONE_NOT_WP)
			out.cond = CNULL_ZONE_EMPTY;
	}
	if (out.cond == CNULL_ZONE_CLOSED && !out.data)
		out.cond = CNULL_ZONE_EMPTY;
	return out;
}

static u64 wp_of(const struct outcome *out)
{
	switch (out->cond) {
	case CNULL_ZONE_NOT_WP:
		return ZD_ZONE;
	case CNULL_ZONE_READONLY:
	case CNULL_ZONE_OFFLINE:
		return CNULL_ZONE_NO_WP;
	case CNULL_ZONE_FULL:
		return out->data == ZD_CAPACITY ? ZD_CAPACITY : ZD_ZONE;
	default:
		return out->data;
	}
}

static void expect_outcome(struct kunit *test, const struct pair *p,
			   const struct outcome *out)
{
	struct zone_dev *zd = test->priv;
	unsigned int look = 4 * NR;
	u64 start = zd_at(ZONE(p), 0);
	u8 filler = 0xff;

	EXPECT_PAIR(test, p, zd_cond(zd, ZONE(p)), out->cond);
	EXPECT_PAIR(test, p, zd_wp(zd, ZONE(p)), wp_of(out));
	switch (out->cond) {
	case CNULL_ZONE_OFFLINE:
		EXPECT_PAIR(test, p, zd_found(zd, start, look, 0, 0), -EIO);
		return;
	case CNULL_ZONE_FULL:	/* up to the capacity */
	case CNULL_ZONE_NOT_WP:
	case CNULL_ZONE_READONLY:
		filler = 0;
		break;
	default:
		break;
	}
	if (p->memory)
		EXPECT_PAIR(test, p, zd_found(zd, start, look, out->data, filler),
			    look);
	else
		EXPECT_PAIR(test, p, zd_found(zd, start, look, 0, ZD_UNTOUCHED),
			    look);
}

static void try_pair(struct kunit *test, const struct pair *p)
{
	struct zone_dev *zd = test->priv;
	struct outcome out = outcome_of(p);
	struct cnull_io held = { };

	zd_renew(test);
	ZD_SET(zd, memory_backed, p->memory ? "1" : "0");
	if (p->memory && p->op == CNULL_ZONE_POWER_LOSS)
		ZD_SET(zd, cache_size, "1");
	KUNIT_ASSERT_EQ(test, zd_power(zd, true), 0);
	EXPECT_PAIR(test, p, bring(zd, p, &held), 0);
	EXPECT_PAIR(test, p, zd_cond(zd, ZONE(p)), p->cond);
	EXPECT_PAIR(test, p, take_room(zd, p), 0);
	EXPECT_PAIR(test, p, operate(zd, p, &held), out.err);
	KUNIT_ASSERT_TRUE(test, zd->dev.live);
	expect_outcome(test, p, &out);
}

static void try_row(struct kunit *test, enum cnull_zone_cond cond)
{
	struct pair p = { .cond = cond };
	unsigned int nr = 0;
	int memory;

	for (p.op = 0; p.op < CNULL_NR_ZONE_OPS; p.op++)
		for (memory = 0; memory < 2; memory++)
			for (p.data = 0; p.data <= NR; p.data += NR)
				for (p.room = 0; p.room < NR_ROOMS; p.room++) {
					p.memory = memory;
					if (!can_be(&p))
						continue;
					try_pair(test, &p);
					nr++;
				}
	KUNIT_EXPECT_LE(test, CNULL_NR_ZONE_OPS - 1, nr);
}

static void every_pair(struct kunit *test)
{
	enum cnull_zone_cond cond;

	for (cond = 0; cond < CNULL_NR_ZONE_CONDS; cond++)
		try_row(test, cond);
}

static struct kunit_case zone_rules_cases[] = {
	KUNIT_CASE(the_table_is_the_matrix),
	KUNIT_CASE(every_pair),
	{}
};

WORLD_SUITE(zone_rules, zd_setup, zd_teardown, zone_rules_cases);
