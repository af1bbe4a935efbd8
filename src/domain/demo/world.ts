import type { Ids } from '../../ids.ts';
import type { DeviceKind } from '../../store/tables.ts';

/** A room of the demo, with the features that decide what can happen in it. */
export interface DemoRoom {
  roomNo: number;
  roomId: string;
  levelId: string;
  name: string;
  capacity: number;
  equipment: readonly string[];
  timeZone: string;
  devices: readonly DeviceKind[];
  checkIn: 'required' | 'off' | 'no_device';
  releaseOnNoShow: boolean;
  needsApproval: boolean;
  /** The first room of a site has a shift handover over midnight, every day. */
  handover: boolean;
}

export interface DemoLevel {
  levelId: string;
  parentId: string | null;
  name: string;
  timeZone: string | null;
}

export interface DemoPerson {
  userId: string;
  name: string;
  departmentId: string;
  department: string;
  isAdministrator: boolean;
  managesMeetings: boolean;
}

/** Where the demo takes place: everything but the reservations. Depends on the seed and the number of rooms alone. */
export interface DemoWorld {
  levels: DemoLevel[];
  rooms: DemoRoom[];
  departments: { departmentId: string; name: string }[];
  people: DemoPerson[];
}

/** Who is who in the demo tenant of a seed: asked for again whenever its access data are printed. */
export interface DemoIdentity {
  tenantId: number;
  tenantKey: string;
  appId: string;
  rootLevelId: string;
  administratorId: string;
  memberId: string;
}

export const APP_NAME = '会议助手';
export const TENANT_NAME = '云杉科技（演示）';
export const TENANT_ZONE = 'Asia/Shanghai';

const SITES = [
  { name: '上海', timeZone: 'Asia/Shanghai', share: 2 / 3, building: (n: number) => `${letter(n)} 座`, floor: (n: number) => `${String(n)} 层` },
  { name: 'Berlin', timeZone: 'Europe/Berlin', share: 1 / 3, building: (n: number) => `Haus ${String(n + 1)}`, floor: (n: number) => `${String(n)}. Etage` },
];
const ROOMS_PER_FLOOR = 6;
const FLOORS_PER_BUILDING = 5;
const DEPARTMENTS = ['总裁办', '产品部', '研发部', '设计部', '市场部', '人力资源部', '财务部', 'Vertrieb', 'Entwicklung'];
const FAMILY_NAMES = ['王', '李', '张', '刘', '陈', '杨', '赵', '黄', '周', '吴', '徐', '孙'];
const GIVEN_NAMES = ['可涵', '子轩', '雨桐', '浩然', '诗涵', '俊杰', '欣怡', '宇航', '梓萱', '明远'];
const ROOM_NAMES = ['松', '竹', '梅', '兰', '荷', '桂', 'Ahorn', 'Birke', 'Eiche', 'Linde', 'Kiefer', 'Buche'];

/** How large the rooms are, in rotation, and what stands in them. */
const SIZES: readonly Pick<DemoRoom, 'capacity' | 'equipment'>[] = [
  { capacity: 4, equipment: ['白板'] },
  { capacity: 6, equipment: ['TV', '白板'] },
  { capacity: 8, equipment: ['TV', '视频会议'] },
  { capacity: 10, equipment: ['投影仪', '白板'] },
  { capacity: 16, equipment: ['TV', '视频会议', '白板'] },
  { capacity: 24, equipment: ['投影仪', '视频会议', '音响'] },
];

/** The kinds of rooms, in rotation: every device, check-in off, check-in without a device, rooms that want an approval. */
const FEATURES: readonly Pick<DemoRoom, 'devices' | 'checkIn' | 'releaseOnNoShow' | 'needsApproval'>[] = [
  { devices: ['panel', 'qr_code'], checkIn: 'required', releaseOnNoShow: true, needsApproval: false },
  { devices: ['controller'], checkIn: 'required', releaseOnNoShow: true, needsApproval: false },
  { devices: ['touch_panel', 'sensor'], checkIn: 'required', releaseOnNoShow: true, needsApproval: false },
  { devices: ['panel'], checkIn: 'required', releaseOnNoShow: false, needsApproval: false },
  { devices: [], checkIn: 'no_device', releaseOnNoShow: true, needsApproval: false },
  { devices: ['panel', 'sensor'], checkIn: 'off', releaseOnNoShow: true, needsApproval: false },
  { devices: ['panel', 'qr_code', 'sensor'], checkIn: 'required', releaseOnNoShow: true, needsApproval: true },
];

export function identityOf(ids: Ids): DemoIdentity {
  const tenantId = ids.tenant();
  return {
    tenantId,
    tenantKey: ids.tenantKey(tenantId),
    appId: ids.app(tenantId),
    rootLevelId: ids.level(),
    administratorId: ids.user(),
    memberId: ids.user(),
  };
}

/** @param ids seeded, and used for the identity before */
export function buildWorld(identity: DemoIdentity, ids: Ids, roomCount: number): DemoWorld {
  const departments = DEPARTMENTS.map((name) => ({ departmentId: ids.department(), name }));
  return { ...buildPlaces(identity, ids, roomCount), departments, people: buildPeople(identity, ids, departments) };
}

function buildPlaces(identity: DemoIdentity, ids: Ids, roomCount: number): Pick<DemoWorld, 'levels' | 'rooms'> {
  const levels: DemoLevel[] = [{ levelId: identity.rootLevelId, parentId: null, name: TENANT_NAME, timeZone: null }];
  const rooms: DemoRoom[] = [];
  const addLevel = (parentId: string, name: string, timeZone: string | null = null) => {
    const levelId = ids.level();
    levels.push({ levelId, parentId, name, timeZone });
    return levelId;
  };
  for (const site of SITES) {
    const siteId = addLevel(identity.rootLevelId, site.name, site.timeZone);
    const here = Math.max(1, Math.round(roomCount * site.share));
    let building = siteId;
    let floor = siteId;
    for (let i = 0; i < here && rooms.length < roomCount; i++) {
      const floorNo = Math.floor(i / ROOMS_PER_FLOOR);
      const buildingNo = Math.floor(floorNo / FLOORS_PER_BUILDING);
      if (i % (ROOMS_PER_FLOOR * FLOORS_PER_BUILDING) === 0) building = addLevel(siteId, site.building(buildingNo));
      if (i % ROOMS_PER_FLOOR === 0) floor = addLevel(building, site.floor((floorNo % FLOORS_PER_BUILDING) + 1));
      const number = `${letter(buildingNo)}${String((floorNo % FLOORS_PER_BUILDING) + 1)}0${String((i % ROOMS_PER_FLOOR) + 1)}`;
      rooms.push({
        roomNo: rooms.length + 1,
        roomId: ids.room(),
        levelId: floor,
        name: `${number} ${cycle(ROOM_NAMES, i)}`,
        ...cycle(SIZES, i),
        timeZone: site.timeZone,
        handover: i === 0,
        ...cycle(FEATURES, i),
      });
    }
  }
  return { levels, rooms };
}

function buildPeople(identity: DemoIdentity, ids: Ids, departments: DemoWorld['departments']): DemoPerson[] {
  const people: DemoPerson[] = [];
  for (const [i, given] of GIVEN_NAMES.entries()) {
    for (const [j, family] of FAMILY_NAMES.entries()) {
      const { departmentId, name: department } = cycle(departments, i + j);
      const userId = people.length === 0 ? identity.administratorId : people.length === 1 ? identity.memberId : ids.user();
      const isAdministrator = people.length === 0;
      people.push({ userId, name: family + given, departmentId, department, isAdministrator, managesMeetings: isAdministrator || people.length % 40 === 5 });
    }
  }
  return people;
}

function letter(n: number): string {
  return n < 26 ? String.fromCharCode(65 + n) : `${letter(Math.floor(n / 26) - 1)}${letter(n % 26)}`;
}

function cycle<Item>(items: readonly Item[], i: number): Item {
  return items[i % items.length] as Item;
}
