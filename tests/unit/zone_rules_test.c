// SPDX-License-Identifier: GPL-2.0
/*
 * Zone rules: each operation in each condition.
 *
 * A test brings a zone into the condition, and runs the operation, by the interfaces
 * that users have. The expected outcome is in a matrix that does not come from the
 * engine, but from ZBC and ZNS, and from null_blk where the standards leave a choice.
 */
#include "zone_dev.h"

/*
 * One column for each operation, in the order of enum cnull_zone_op:
 *
 * -	the operation fails
 * =	the condition stays
 * e	the data is erased, and the zone becomes EMPTY
 * i, x, c, f, r, o
 *	the zone enters IMP_OPEN, EXP_OPEN, CLOSED (EMPTY if the zone has no data), FULL,
 *	READONLY, OFFLINE
 * I, X, F
 *	the zone enters this condition if the limits allow one more open zone
 * C	the zone becomes CLOSED if the limits allow one more active zone
 */
static const char *const matrix[CNULL_NR_ZONE_CONDS] = {
	/*			RWAOCFRAroFILP */
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
	[CNULL_ZONE_CLOSE_IMP_OPEN] = "CLOSE_IMP_OPEN",
	[CNULL_ZONE_POWER_LOSS] = "POWER_LOSS",
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

static bool needs_resources(char letter)
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
		return needs_resources(letter) ? CNULL_ZONE_NEEDS_RESOURCES :
						 CNULL_ZONE_ENTERS;
	}
}

static void table_equals_matrix(struct kunit *test)
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

/** enum available - the resources that another zone leaves */
enum available {
	ALL_AVAILABLE,
	NO_OPEN,	/* explicitly open zones use all open resources */
	NO_ACTIVE,	/* active zones use all active resources */
	NR_AVAILABLE
};

/**
 * struct pair - a condition and an operation, and their circumstances
 * @cond: the condition
 * @op: the operation
 * @memory: the device is memory-backed
 * @data: the number of sectors that are written before the operation
 * @available: the resources for another open or active zone
 */
struct pair {
	enum cnull_zone_cond cond;
	enum cnull_zone_op op;
	bool memory;
	unsigned int data;
	enum available available;
};

/**
 * struct outcome - the expected result of an operation
 * @err: the status
 * @cond: the condition afterwards
 * @data: the number of sectors that are written afterwards
 */
struct outcome {
	int err;
	enum cnull_zone_cond cond;
	unsigned int data;
};

/* Sectors of a write. */
#define NR		8U

/* The zone under test, the zone that uses resources, the zone that needs some. */
#define ZONE(p)		((p)->cond == CNULL_ZONE_NOT_WP ? 0U : 2U)
#define RIVAL		7U
#define THIRD		4U

#define EXPECT_PAIR(test, p, a, b)					\
	KUNIT_EXPECT_EQ_MSG(test, a, b,					\
			    "%s, %s: memory %d, sectors written %u, available %d", \
			    cond_names[(p)->cond], op_names[(p)->op],	\
			    (p)->memory, (p)->data, (p)->available)

/* Does a sequence of operations lead to this state? */
static bool is_reachable(const struct pair *p)
{
	if (p->cond == CNULL_ZONE_EMPTY && p->data)
		return false;
	if (p->cond == CNULL_ZONE_CLOSED && !p->data && p->op != CNULL_ZONE_FILL)
		return false;
	/* While a write is in flight, a zone without data is CLOSED, not EMPTY. */
	if (p->cond == CNULL_ZONE_EMPTY && p->op == CNULL_ZONE_FILL)
		return false;
	/* The operation itself sets the limit. */
	return p->op != CNULL_ZONE_CLOSE_IMP_OPEN ||
	       p->available == ALL_AVAILABLE;
}

/* Write @p->data sectors. Half of them are durable if power off is to lose data. */
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

/* Open an empty zone by a write that fails. */
static int open_by_failed_write(struct zone_dev *zd, u64 start)
{
	int err = zd_bad(zd, true, start);

	if (err)
		return err;
	err = zd_write(zd, start, NR);
	return err == -EIO ? 0 : err ?: 1;
}

/* Bring the zone into @p->cond. @held: set to a write in flight, for FILL */
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
			       0 : open_by_failed_write(zd, start);
	case CNULL_ZONE_EXP_OPEN:
		return zd_run(zd, CNULL_OP_ZONE_OPEN, start, 0);
	case CNULL_ZONE_CLOSED:
		return zd_run(zd, CNULL_OP_ZONE_CLOSE, start, 0);
	case CNULL_ZONE_FULL:
		return zd_run(zd, CNULL_OP_ZONE_FINISH, start, 0);
	case CNULL_ZONE_READONLY:
		return zd_set_cond(zd, ZONE(p), CNULL_ZONE_TO_READONLY);
	case CNULL_ZONE_OFFLINE:
		return zd_set_cond(zd, ZONE(p), CNULL_ZONE_TO_OFFLINE);
	default:
		return 0;
	}
}

/* Set a limit that the rival and, if it is open or active, the zone under test reach. */
static int use_resources(struct zone_dev *zd, const struct pair *p)
{
	char text[8];
	int err;

	if (p->available == ALL_AVAILABLE)
		return 0;
	/* With durable data the rival stays active over a power cycle. */
	err = zd_op(zd, CNULL_OP_ZONE_OPEN, RIVAL) ?:
	      zd_write_flags(zd, CNULL_IO_FUA, zd_at(RIVAL, 0), NR);
	if (err)
		return err;
	snprintf(text, sizeof(text), "%d",
		 1 + (p->available == NO_OPEN ? cnull_zone_is_open(p->cond) :
						cnull_zone_is_active(p->cond)));
	return p->available == NO_OPEN ? ZD_SET(zd, zone_max_open, text) :
					 ZD_SET(zd, zone_max_active, text);
}

/* Write the last sectors of the zone: by the held write if the zone has a pointer. */
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
		return zd_set_cond(zd, ZONE(p), p->op);
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
	/* The status is that of the write to the third zone. */
	if (p->op == CNULL_ZONE_CLOSE_IMP_OPEN)
		return p->cond == CNULL_ZONE_EXP_OPEN ? -ETOOMANYREFS : 0;
	if (letter == '-')
		return -EIO;
	/* Without resources the zone stays full, which is no error. */
	if (p->op == CNULL_ZONE_POWER_LOSS)
		return 0;
	if (needs_resources(letter) && p->available == NO_OPEN)
		return -ETOOMANYREFS;
	if (needs_resources(letter) && p->available == NO_ACTIVE &&
	    p->cond == CNULL_ZONE_EMPTY)
		return -EOVERFLOW;
	return 0;
}

/* Return the number of written sectors after a successful operation. */
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
	/* A zone without data loses none. */
	char letter = matrix[p->cond][p->op == CNULL_ZONE_POWER_LOSS && !p->data ?
				      CNULL_ZONE_POWER_OFF : p->op];
	struct outcome out = { .cond = p->cond, .data = p->data };

	out.err = status_of(p, letter);
	if (out.err || letter == '-')
		return out;
	out.data = data_after(p, letter);
	if (letter != '=' && !(letter == 'C' && p->available == NO_ACTIVE))
		out.cond = cond_of(letter);
	if (!p->memory && p->op >= CNULL_ZONE_POWER_LOSS) {
		/* The device lost all data, and has new zones. */
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
	unsigned int nr = 4 * NR;
	u64 start = zd_at(ZONE(p), 0);
	u8 filler = 0xff;

	EXPECT_PAIR(test, p, zd_cond(zd, ZONE(p)), out->cond);
	EXPECT_PAIR(test, p, zd_wp(zd, ZONE(p)), wp_of(out));
	switch (out->cond) {
	case CNULL_ZONE_OFFLINE:
		EXPECT_PAIR(test, p, zd_found(zd, start, nr, 0, 0), -EIO);
		return;
	case CNULL_ZONE_FULL:	/* below the capacity */
	case CNULL_ZONE_NOT_WP:
	case CNULL_ZONE_READONLY:
		filler = 0;
		break;
	default:
		break;
	}
	if (p->memory)
		EXPECT_PAIR(test, p, zd_found(zd, start, nr, out->data, filler),
			    nr);
	else
		EXPECT_PAIR(test, p, zd_found(zd, start, nr, 0, ZD_UNTOUCHED),
			    nr);
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
	EXPECT_PAIR(test, p, use_resources(zd, p), 0);
	EXPECT_PAIR(test, p, operate(zd, p, &held), out.err);
	KUNIT_ASSERT_TRUE(test, zd->dev.live);
	expect_outcome(test, p, &out);
}

static void try_row(struct kunit *test, enum cnull_zone_cond cond)
{
	struct pair p = { .cond = cond };
	unsigned int nr = 0, i;

	for (p.op = 0; p.op < CNULL_NR_ZONE_OPS; p.op++)
		for (i = 0; i < 4 * NR_AVAILABLE; i++) {
			p.memory = i & 1;
			p.data = i & 2 ? NR : 0;
			p.available = i / 4;
			if (!is_reachable(&p))
				continue;
			try_pair(test, &p);
			nr++;
		}
	KUNIT_EXPECT_LE(test, CNULL_NR_ZONE_OPS - 1, nr);
}

static void every_operation_in_every_condition_follows_matrix(struct kunit *test)
{
	enum cnull_zone_cond cond;

	for (cond = 0; cond < CNULL_NR_ZONE_CONDS; cond++)
		try_row(test, cond);
}

static struct kunit_case zone_rules_cases[] = {
	KUNIT_CASE(table_equals_matrix),
	KUNIT_CASE(every_operation_in_every_condition_follows_matrix),
	{}
};

WORLD_SUITE(zone_rules, zd_setup, zd_teardown, zone_rules_cases);
