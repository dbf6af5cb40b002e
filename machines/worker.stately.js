// Made by `npm run machines` from machines/worker.ts, for Stately's editors.
import { createMachine } from 'xstate';

export const workerMachine = createMachine({
  "id": "worker",
  "on": {
    "PROCESS_STARTED": {
      "actions": "noteProcess"
    },
    "CONTROL_ASKED": {
      "actions": "refuseControl"
    },
    "DRAFTED": {
      "actions": "noteDraft"
    },
    "SET_UP_CHANGED": {
      "actions": "noteSetUp"
    },
    "SESSION_CHANGED": {
      "actions": "noteSession"
    },
    "TASKS_CHANGED": {
      "actions": "noteTasks"
    },
    "TASK_ENDED": {
      "guard": "isBackgroundTask",
      "actions": "oweTurn"
    },
    "TASKS_TOLD": {
      "actions": "payTurn"
    }
  },
  "initial": "spawning",
  "states": {
    "spawning": {
      "description": "The first turn starts.",
      "tags": "active",
      "initial": "queued",
      "states": {
        "queued": {
          "description": "Waits for a slot. The number of slots limits how many workers run at once.",
          "entry": "requestSlot",
          "on": {
            "SLOT": [
              {
                "guard": "hasProcess",
                "target": "handed_over",
                "actions": [
                  "holdSlot",
                  "sendPrompt",
                  {
                    "type": "awaitReply",
                    "params": "accepted"
                  }
                ]
              },
              {
                "target": "starting",
                "actions": [
                  "holdSlot",
                  "startProcess"
                ]
              }
            ],
            "EXITED": {
              "actions": "forgetProcess"
            },
            "STOP": [
              {
                "guard": "hasProcess",
                "target": "#worker.stopping",
                "actions": [
                  {
                    "type": "endBecause",
                    "params": "stopped"
                  },
                  "terminateProcess"
                ]
              },
              {
                "target": "#worker.failed",
                "actions": {
                  "type": "fail",
                  "params": "stopped"
                }
              }
            ],
            "STORAGE_FAILED": [
              {
                "guard": "hasProcess",
                "target": "#worker.stopping",
                "actions": [
                  "endForStorage",
                  "terminateProcess"
                ]
              },
              {
                "target": "#worker.failed",
                "actions": "failForStorage"
              }
            ],
            "ADOPT": {
              "target": "queued",
              "reenter": true,
              "actions": "attachIdleProcess"
            }
          }
        },
        "starting": {
          "description": "A new process starts; the turn has not begun yet.",
          "on": {
            "PROMPT_ACCEPTED": [
              {
                "guard": "isThisPromptBesideRequest",
                "target": "#worker.awaiting_permission",
                "actions": [
                  "acceptPrompt",
                  "stopAwaiting",
                  "armTimeLimit"
                ]
              },
              {
                "guard": "isThisPrompt",
                "target": "#worker.running",
                "actions": [
                  "acceptPrompt",
                  "stopAwaiting",
                  "armTimeLimit"
                ]
              }
            ],
            "PROCESS_STARTED": {
              "actions": [
                "noteProcess",
                {
                  "type": "awaitReply",
                  "params": "initialized"
                }
              ]
            },
            "REPLY_OVERDUE": {
              "guard": "canSendAgain",
              "actions": "sendAgain"
            },
            "START_FAILED": {
              "target": "#worker.failed",
              "actions": [
                "failAsTold",
                "terminateProcess"
              ]
            },
            "STOP": {
              "target": "#worker.stopping",
              "actions": [
                {
                  "type": "endBecause",
                  "params": "stopped"
                },
                "terminateProcess"
              ]
            },
            "STORAGE_FAILED": {
              "target": "#worker.stopping",
              "actions": [
                "endForStorage",
                "terminateProcess"
              ]
            },
            "ADOPT": {
              "target": "handed_over",
              "reenter": true,
              "actions": [
                "keepSlot",
                "attachProcess"
              ]
            },
            "INITIALIZED": [
              {
                "guard": "agentIsKnown",
                "actions": [
                  "noteModels",
                  "sendPrompt",
                  {
                    "type": "awaitReply",
                    "params": "accepted"
                  }
                ]
              },
              {
                "target": "#worker.failed",
                "actions": [
                  "failForAgent",
                  "terminateProcess"
                ]
              }
            ],
            "RESULT_SEEN": {
              "guard": "isFailureToStart",
              "target": "#worker.failed",
              "actions": [
                "addTotals",
                "failAsTold",
                "noteRefusal"
              ]
            },
            "EXITED": [
              {
                "guard": "hasFoundSession",
                "actions": [
                  "forgetProcess",
                  "stopAwaiting",
                  "beginSession",
                  "startProcess"
                ]
              },
              {
                "target": "#worker.failed",
                "actions": [
                  "failAsTold",
                  "forgetProcess"
                ]
              }
            ]
          },
          "after": {
            "startDeadline": {
              "target": "#worker.failed",
              "actions": [
                {
                  "type": "fail",
                  "params": "start_timeout"
                },
                "killProcess"
              ]
            }
          }
        },
        "handed_over": {
          "description": "An older process has the prompt. If it exits or stays busy, a new process gets the prompt.",
          "on": {
            "PROMPT_ACCEPTED": [
              {
                "guard": "isThisPromptBesideRequest",
                "target": "#worker.awaiting_permission",
                "actions": [
                  "acceptPrompt",
                  "stopAwaiting",
                  "armTimeLimit"
                ]
              },
              {
                "guard": "isThisPrompt",
                "target": "#worker.running",
                "actions": [
                  "acceptPrompt",
                  "stopAwaiting",
                  "armTimeLimit"
                ]
              }
            ],
            "PROCESS_STARTED": {
              "actions": [
                "noteProcess",
                {
                  "type": "awaitReply",
                  "params": "initialized"
                }
              ]
            },
            "REPLY_OVERDUE": {
              "guard": "canSendAgain",
              "actions": "sendAgain"
            },
            "START_FAILED": {
              "target": "#worker.failed",
              "actions": [
                "failAsTold",
                "terminateProcess"
              ]
            },
            "STOP": {
              "target": "#worker.stopping",
              "actions": [
                {
                  "type": "endBecause",
                  "params": "stopped"
                },
                "terminateProcess"
              ]
            },
            "STORAGE_FAILED": {
              "target": "#worker.stopping",
              "actions": [
                "endForStorage",
                "terminateProcess"
              ]
            },
            "ADOPT": {
              "target": "handed_over",
              "reenter": true,
              "actions": [
                "keepSlot",
                "attachProcess"
              ]
            },
            "ATTACHED": {
              "actions": "killProcess"
            },
            "INITIALIZED": [
              {
                "guard": "agentIsKnown",
                "target": "starting",
                "actions": [
                  "noteModels",
                  "sendPrompt",
                  {
                    "type": "awaitReply",
                    "params": "accepted"
                  }
                ]
              },
              {
                "target": "#worker.failed",
                "actions": [
                  "failForAgent",
                  "terminateProcess"
                ]
              }
            ],
            "RESULT_SEEN": {
              "guard": "isFailureOfPrompt",
              "target": "#worker.failed",
              "actions": [
                "addTotals",
                "failAsTold",
                "noteRefusal"
              ]
            },
            "EXITED": [
              {
                "guard": "hasFoundSession",
                "target": "starting",
                "actions": [
                  "forgetProcess",
                  "stopAwaiting",
                  "beginSession",
                  "startProcess"
                ]
              },
              {
                "target": "starting",
                "actions": [
                  "forgetProcess",
                  "stopAwaiting",
                  "startProcess"
                ]
              }
            ]
          },
          "after": {
            "startDeadline": {
              "actions": "killProcess"
            },
            "handOverDeadline": {
              "target": "#worker.failed",
              "actions": {
                "type": "fail",
                "params": "start_timeout"
              }
            }
          }
        }
      },
      "on": {
        "IMPORTED": [
          {
            "guard": "isImportedFailure",
            "target": "failed",
            "actions": "takeOver"
          },
          {
            "target": "completed",
            "actions": "takeOver"
          }
        ],
        "TURN_OPENED": {
          "guard": "holdsSlot",
          "target": "running",
          "actions": [
            "acceptPrompt",
            "stopAwaiting",
            "beginSession",
            "noteModel",
            "noteSum",
            "noteSetUp",
            "armTimeLimit"
          ]
        },
        "PERMISSION_ASKED": {
          "actions": "refuseRequest"
        }
      }
    },
    "running": {
      "description": "A turn runs, or work of it goes on in the background.",
      "tags": "active",
      "initial": "turn",
      "states": {
        "turn": {
          "description": "The turn of a prompt runs, or a turn that claude has opened by itself.",
          "on": {
            "TURN_OPENED": {
              "actions": [
                "beginSession",
                "noteModel",
                "noteSum",
                "noteSetUp"
              ]
            },
            "RESULT_SEEN": [
              {
                "guard": "isLastAnswer",
                "target": "#worker.completed",
                "actions": [
                  "addTotals",
                  "endTurn",
                  "noteRefusal",
                  "noteChoice"
                ]
              },
              {
                "guard": "isLastFailure",
                "target": "#worker.failed",
                "actions": [
                  "addTotals",
                  "endTurn",
                  "noteRefusal"
                ]
              },
              {
                "guard": "endsTurn",
                "target": "background",
                "actions": [
                  "addTotals",
                  "endTurn",
                  "noteRefusal",
                  "noteChoice"
                ]
              },
              {
                "guard": "isOwnResult",
                "actions": "addTotals"
              }
            ],
            "EXITED": {
              "target": "#worker.failed",
              "actions": [
                "failAsTold",
                "forgetProcess"
              ]
            }
          }
        },
        "background": {
          "description": "The turn has ended, and agents or commands in the background still work.",
          "on": {
            "TURN_OPENED": {
              "target": "turn",
              "actions": [
                "beginOwnTurn",
                "noteModel",
                "noteSum",
                "noteSetUp",
                "disarmTimeLimit",
                "armTimeLimit"
              ]
            },
            "SESSION_CHANGED": [
              {
                "guard": "isIdleAndFailed",
                "target": "#worker.failed",
                "actions": "noteSession"
              },
              {
                "guard": "isIdle",
                "target": "#worker.completed",
                "actions": "noteSession"
              },
              {
                "target": "background",
                "reenter": true,
                "actions": "noteSession"
              }
            ],
            "TASKS_CHANGED": {
              "target": "background",
              "reenter": true,
              "actions": "noteTasks"
            },
            "ADOPT": {
              "target": "background",
              "reenter": true,
              "actions": [
                "keepSlot",
                "attachProcess",
                "resendAnswers",
                {
                  "type": "awaitReply",
                  "params": "acknowledged"
                },
                "disarmTimeLimit",
                "armTimeLimit"
              ]
            },
            "EXITED": [
              {
                "guard": "hasFailed",
                "target": "#worker.failed",
                "actions": "forgetProcess"
              },
              {
                "target": "#worker.completed",
                "actions": "forgetProcess"
              }
            ]
          },
          "after": {
            "ownTurnGrace": [
              {
                "guard": "isOverAndFailed",
                "target": "#worker.failed"
              },
              {
                "guard": "isOver",
                "target": "#worker.completed"
              }
            ],
            "idleDeadline": [
              {
                "guard": "isWithoutTasksAndFailed",
                "target": "#worker.failed"
              },
              {
                "guard": "isWithoutTasks",
                "target": "#worker.completed"
              }
            ]
          }
        }
      },
      "on": {
        "MESSAGE_SEEN": {
          "actions": "noteModel"
        },
        "TIME_LIMIT_REACHED": {
          "target": "#worker.stopping",
          "actions": {
            "type": "endBecause",
            "params": "time_limit"
          }
        },
        "STOP": {
          "target": "#worker.stopping",
          "actions": {
            "type": "endBecause",
            "params": "stopped"
          }
        },
        "STORAGE_FAILED": {
          "target": "#worker.stopping",
          "actions": "endForStorage"
        },
        "ANSWER_ACKNOWLEDGED": {
          "guard": "isUnacknowledged",
          "actions": [
            "acknowledgeAnswer",
            {
              "type": "awaitReply",
              "params": "acknowledged"
            }
          ]
        },
        "REPLY_OVERDUE": [
          {
            "guard": "canSendAgain",
            "actions": "sendAgain"
          },
          {
            "guard": "isAwaited",
            "target": "#worker.stopping",
            "actions": "endForSilence"
          }
        ],
        "ADOPT": {
          "actions": [
            "keepSlot",
            "attachProcess",
            "resendAnswers",
            {
              "type": "awaitReply",
              "params": "acknowledged"
            },
            "disarmTimeLimit",
            "armTimeLimit"
          ]
        },
        "PERMISSION_ASKED": {
          "target": "awaiting_permission",
          "actions": [
            "openRequest",
            {
              "type": "awaitReply",
              "params": "acknowledged"
            }
          ]
        }
      }
    },
    "awaiting_permission": {
      "description": "One or more tool calls wait for an answer. Only an answer lets them run.",
      "tags": "active",
      "on": {
        "MESSAGE_SEEN": {
          "actions": "noteModel"
        },
        "TIME_LIMIT_REACHED": {
          "target": "#worker.stopping",
          "actions": {
            "type": "endBecause",
            "params": "time_limit"
          }
        },
        "STOP": {
          "target": "#worker.stopping",
          "actions": {
            "type": "endBecause",
            "params": "stopped"
          }
        },
        "STORAGE_FAILED": {
          "target": "#worker.stopping",
          "actions": "endForStorage"
        },
        "ANSWER_ACKNOWLEDGED": {
          "guard": "isUnacknowledged",
          "actions": [
            "acknowledgeAnswer",
            {
              "type": "awaitReply",
              "params": "acknowledged"
            }
          ]
        },
        "REPLY_OVERDUE": [
          {
            "guard": "canSendAgain",
            "actions": "sendAgain"
          },
          {
            "guard": "isAwaited",
            "target": "#worker.stopping",
            "actions": "endForSilence"
          }
        ],
        "ADOPT": {
          "actions": [
            "keepSlot",
            "attachProcess",
            "resendAnswers",
            {
              "type": "awaitReply",
              "params": "acknowledged"
            },
            "disarmTimeLimit",
            "armTimeLimit"
          ]
        },
        "PERMISSION_ASKED": {
          "actions": [
            "openRequest",
            {
              "type": "awaitReply",
              "params": "acknowledged"
            }
          ]
        },
        "TURN_OPENED": [
          {
            "guard": "hasTurnEnded",
            "actions": [
              "beginOwnTurn",
              "noteModel",
              "noteSum",
              "noteSetUp",
              "disarmTimeLimit",
              "armTimeLimit"
            ]
          },
          {
            "actions": [
              "beginSession",
              "noteModel",
              "noteSum",
              "noteSetUp"
            ]
          }
        ],
        "RESULT_SEEN": [
          {
            "guard": "endsTurn",
            "actions": [
              "addTotals",
              "endTurn",
              "noteRefusal",
              "noteChoice"
            ]
          },
          {
            "guard": "isOwnResult",
            "actions": "addTotals"
          }
        ],
        "EXITED": [
          {
            "guard": "hasTurnFailed",
            "target": "failed",
            "actions": "forgetProcess"
          },
          {
            "guard": "hasTurnEnded",
            "target": "completed",
            "actions": "forgetProcess"
          },
          {
            "target": "failed",
            "actions": [
              "failAsTold",
              "forgetProcess"
            ]
          }
        ],
        "ANSWER_PERMISSION": [
          {
            "guard": "isLastAfterTurn",
            "target": "running.background",
            "actions": [
              "sendAnswer",
              {
                "type": "awaitReply",
                "params": "acknowledged"
              },
              "rememberAnswer",
              "noteApproval",
              "closeRequest"
            ]
          },
          {
            "guard": "isLastRequest",
            "target": "running",
            "actions": [
              "sendAnswer",
              {
                "type": "awaitReply",
                "params": "acknowledged"
              },
              "rememberAnswer",
              "noteApproval",
              "closeRequest"
            ]
          },
          {
            "guard": "isOpenRequest",
            "actions": [
              "sendAnswer",
              {
                "type": "awaitReply",
                "params": "acknowledged"
              },
              "rememberAnswer",
              "noteApproval",
              "closeRequest"
            ]
          }
        ],
        "PERMISSION_WITHDRAWN": [
          {
            "guard": "isLastAfterTurn",
            "target": "running.background",
            "actions": "closeRequest"
          },
          {
            "guard": "isLastRequest",
            "target": "running",
            "actions": "closeRequest"
          },
          {
            "guard": "isOpenRequest",
            "actions": "closeRequest"
          }
        ]
      }
    },
    "stopping": {
      "description": "The process must end: an interrupt, then TERM, then KILL of its process group.",
      "tags": "active",
      "entry": [
        "closeAllRequests",
        "endTasks",
        "stopAwaiting",
        "interruptProcess"
      ],
      "on": {
        "RESULT_SEEN": {
          "actions": [
            "addTotals",
            "terminateProcess"
          ]
        },
        "PERMISSION_ASKED": {
          "actions": "refuseRequest"
        },
        "EXITED": {
          "target": "failed",
          "actions": [
            "failAsEnding",
            "forgetProcess"
          ]
        },
        "START_FAILED": {
          "target": "failed",
          "actions": "failAsEnding"
        },
        "ADOPT": {
          "target": "stopping",
          "reenter": true,
          "actions": [
            "keepSlot",
            "attachProcess"
          ]
        }
      },
      "after": {
        "interruptGrace": {
          "actions": "terminateProcess"
        },
        "terminateGrace": {
          "actions": "killProcess"
        },
        "killGrace": {
          "target": "failed",
          "actions": "failAsStuck"
        }
      }
    },
    "completed": {
      "description": "The turn ended with an answer. The worker can be resumed.",
      "tags": "settled",
      "entry": [
        "freeSlot",
        "closeAllRequests",
        "stopAwaiting",
        "disarmTimeLimit",
        "saveHistory"
      ],
      "on": {
        "SAVED": {
          "guard": "isThisTurn",
          "actions": "markSaved"
        },
        "SAVE_FAILED": {
          "guard": "isThisTurn",
          "actions": "markUnsaved"
        },
        "DELIVERED": {
          "guard": "isUndelivered",
          "actions": "markDelivered"
        },
        "EXITED": {
          "actions": "forgetProcess"
        },
        "RELEASE": {
          "guard": "hasProcess",
          "actions": [
            "endTasks",
            "terminateProcess"
          ]
        },
        "TURN_OPENED": {
          "guard": "hasProcess",
          "target": "running",
          "actions": [
            "holdSlot",
            "keepSlot",
            "beginOwnTurn",
            "noteModel",
            "noteSum",
            "noteSetUp",
            "disarmTimeLimit",
            "armTimeLimit"
          ]
        },
        "PERMISSION_ASKED": [
          {
            "guard": "hasProcess",
            "target": "awaiting_permission",
            "actions": [
              "holdSlot",
              "keepSlot",
              "openRequest",
              "markTurnEnded",
              "armTimeLimit"
            ]
          },
          {
            "actions": "refuseRequest"
          }
        ],
        "STORAGE_FAILED": {
          "guard": "hasProcess",
          "actions": "terminateProcess"
        },
        "ADOPT": [
          {
            "guard": "isUnsaved",
            "actions": [
              "attachIdleProcess",
              "saveHistory"
            ]
          },
          {
            "actions": "attachIdleProcess"
          }
        ],
        "RESUME": {
          "target": "resumed",
          "actions": "beginTurn"
        }
      }
    },
    "failed": {
      "description": "The turn ended without an answer, for a reason. The worker can be resumed.",
      "tags": "settled",
      "entry": [
        "freeSlot",
        "closeAllRequests",
        "stopAwaiting",
        "disarmTimeLimit",
        "saveHistory",
        "leaveWithoutModel"
      ],
      "on": {
        "SAVED": {
          "guard": "isThisTurn",
          "actions": "markSaved"
        },
        "SAVE_FAILED": {
          "guard": "isThisTurn",
          "actions": "markUnsaved"
        },
        "DELIVERED": {
          "guard": "isUndelivered",
          "actions": "markDelivered"
        },
        "EXITED": {
          "actions": "forgetProcess"
        },
        "RELEASE": {
          "guard": "hasProcess",
          "actions": [
            "endTasks",
            "terminateProcess"
          ]
        },
        "TURN_OPENED": {
          "guard": "hasProcess",
          "target": "running",
          "actions": [
            "holdSlot",
            "keepSlot",
            "beginOwnTurn",
            "noteModel",
            "noteSum",
            "noteSetUp",
            "disarmTimeLimit",
            "armTimeLimit"
          ]
        },
        "PERMISSION_ASKED": [
          {
            "guard": "hasProcess",
            "target": "awaiting_permission",
            "actions": [
              "holdSlot",
              "keepSlot",
              "openRequest",
              "markTurnEnded",
              "armTimeLimit"
            ]
          },
          {
            "actions": "refuseRequest"
          }
        ],
        "STORAGE_FAILED": {
          "guard": "hasProcess",
          "actions": "terminateProcess"
        },
        "ADOPT": [
          {
            "guard": "isUnsaved",
            "actions": [
              "attachIdleProcess",
              "saveHistory"
            ]
          },
          {
            "actions": "attachIdleProcess"
          }
        ],
        "RESUME": {
          "guard": "hasSession",
          "target": "resumed",
          "actions": "beginTurn"
        }
      }
    },
    "resumed": {
      "description": "A follow-up turn starts, in the living process or in a new process.",
      "tags": "active",
      "initial": "queued",
      "states": {
        "queued": {
          "description": "Waits for a slot. The number of slots limits how many workers run at once.",
          "entry": "requestSlot",
          "on": {
            "SLOT": [
              {
                "guard": "hasProcess",
                "target": "handed_over",
                "actions": [
                  "holdSlot",
                  "sendPrompt",
                  {
                    "type": "awaitReply",
                    "params": "accepted"
                  }
                ]
              },
              {
                "target": "starting",
                "actions": [
                  "holdSlot",
                  "startProcess"
                ]
              }
            ],
            "EXITED": {
              "actions": "forgetProcess"
            },
            "STOP": [
              {
                "guard": "hasProcess",
                "target": "#worker.stopping",
                "actions": [
                  {
                    "type": "endBecause",
                    "params": "stopped"
                  },
                  "terminateProcess"
                ]
              },
              {
                "target": "#worker.failed",
                "actions": {
                  "type": "fail",
                  "params": "stopped"
                }
              }
            ],
            "STORAGE_FAILED": [
              {
                "guard": "hasProcess",
                "target": "#worker.stopping",
                "actions": [
                  "endForStorage",
                  "terminateProcess"
                ]
              },
              {
                "target": "#worker.failed",
                "actions": "failForStorage"
              }
            ],
            "ADOPT": {
              "target": "queued",
              "reenter": true,
              "actions": "attachIdleProcess"
            }
          }
        },
        "starting": {
          "description": "A new process starts; the turn has not begun yet.",
          "on": {
            "PROMPT_ACCEPTED": [
              {
                "guard": "isThisPromptBesideRequest",
                "target": "#worker.awaiting_permission",
                "actions": [
                  "acceptPrompt",
                  "stopAwaiting",
                  "armTimeLimit"
                ]
              },
              {
                "guard": "isThisPrompt",
                "target": "#worker.running",
                "actions": [
                  "acceptPrompt",
                  "stopAwaiting",
                  "armTimeLimit"
                ]
              }
            ],
            "PROCESS_STARTED": {
              "actions": [
                "noteProcess",
                {
                  "type": "awaitReply",
                  "params": "initialized"
                }
              ]
            },
            "REPLY_OVERDUE": {
              "guard": "canSendAgain",
              "actions": "sendAgain"
            },
            "START_FAILED": {
              "target": "#worker.failed",
              "actions": [
                "failAsTold",
                "terminateProcess"
              ]
            },
            "STOP": {
              "target": "#worker.stopping",
              "actions": [
                {
                  "type": "endBecause",
                  "params": "stopped"
                },
                "terminateProcess"
              ]
            },
            "STORAGE_FAILED": {
              "target": "#worker.stopping",
              "actions": [
                "endForStorage",
                "terminateProcess"
              ]
            },
            "ADOPT": {
              "target": "handed_over",
              "reenter": true,
              "actions": [
                "keepSlot",
                "attachProcess"
              ]
            },
            "INITIALIZED": [
              {
                "guard": "agentIsKnown",
                "actions": [
                  "noteModels",
                  "sendPrompt",
                  {
                    "type": "awaitReply",
                    "params": "accepted"
                  }
                ]
              },
              {
                "target": "#worker.failed",
                "actions": [
                  "failForAgent",
                  "terminateProcess"
                ]
              }
            ],
            "RESULT_SEEN": {
              "guard": "isFailureToStart",
              "target": "#worker.failed",
              "actions": [
                "addTotals",
                "failAsTold",
                "noteRefusal"
              ]
            },
            "EXITED": [
              {
                "guard": "hasFoundSession",
                "actions": [
                  "forgetProcess",
                  "stopAwaiting",
                  "beginSession",
                  "startProcess"
                ]
              },
              {
                "target": "#worker.failed",
                "actions": [
                  "failAsTold",
                  "forgetProcess"
                ]
              }
            ]
          },
          "after": {
            "startDeadline": {
              "target": "#worker.failed",
              "actions": [
                {
                  "type": "fail",
                  "params": "start_timeout"
                },
                "killProcess"
              ]
            }
          }
        },
        "handed_over": {
          "description": "An older process has the prompt. If it exits or stays busy, a new process gets the prompt.",
          "on": {
            "PROMPT_ACCEPTED": [
              {
                "guard": "isThisPromptBesideRequest",
                "target": "#worker.awaiting_permission",
                "actions": [
                  "acceptPrompt",
                  "stopAwaiting",
                  "armTimeLimit"
                ]
              },
              {
                "guard": "isThisPrompt",
                "target": "#worker.running",
                "actions": [
                  "acceptPrompt",
                  "stopAwaiting",
                  "armTimeLimit"
                ]
              }
            ],
            "PROCESS_STARTED": {
              "actions": [
                "noteProcess",
                {
                  "type": "awaitReply",
                  "params": "initialized"
                }
              ]
            },
            "REPLY_OVERDUE": {
              "guard": "canSendAgain",
              "actions": "sendAgain"
            },
            "START_FAILED": {
              "target": "#worker.failed",
              "actions": [
                "failAsTold",
                "terminateProcess"
              ]
            },
            "STOP": {
              "target": "#worker.stopping",
              "actions": [
                {
                  "type": "endBecause",
                  "params": "stopped"
                },
                "terminateProcess"
              ]
            },
            "STORAGE_FAILED": {
              "target": "#worker.stopping",
              "actions": [
                "endForStorage",
                "terminateProcess"
              ]
            },
            "ADOPT": {
              "target": "handed_over",
              "reenter": true,
              "actions": [
                "keepSlot",
                "attachProcess"
              ]
            },
            "ATTACHED": {
              "actions": "killProcess"
            },
            "INITIALIZED": [
              {
                "guard": "agentIsKnown",
                "target": "starting",
                "actions": [
                  "noteModels",
                  "sendPrompt",
                  {
                    "type": "awaitReply",
                    "params": "accepted"
                  }
                ]
              },
              {
                "target": "#worker.failed",
                "actions": [
                  "failForAgent",
                  "terminateProcess"
                ]
              }
            ],
            "RESULT_SEEN": {
              "guard": "isFailureOfPrompt",
              "target": "#worker.failed",
              "actions": [
                "addTotals",
                "failAsTold",
                "noteRefusal"
              ]
            },
            "EXITED": [
              {
                "guard": "hasFoundSession",
                "target": "starting",
                "actions": [
                  "forgetProcess",
                  "stopAwaiting",
                  "beginSession",
                  "startProcess"
                ]
              },
              {
                "target": "starting",
                "actions": [
                  "forgetProcess",
                  "stopAwaiting",
                  "startProcess"
                ]
              }
            ]
          },
          "after": {
            "startDeadline": {
              "actions": "killProcess"
            },
            "handOverDeadline": {
              "target": "#worker.failed",
              "actions": {
                "type": "fail",
                "params": "start_timeout"
              }
            }
          }
        }
      },
      "on": {
        "TURN_OPENED": {
          "actions": [
            "beginSession",
            "noteModel",
            "noteSum",
            "noteSetUp"
          ]
        },
        "RESULT_SEEN": {
          "guard": "isOwnResult",
          "actions": "addTotals"
        },
        "PERMISSION_ASKED": {
          "actions": [
            "openRequest"
          ]
        },
        "ANSWER_PERMISSION": {
          "guard": "isOpenRequest",
          "actions": [
            "sendAnswer",
            {
              "type": "awaitReply",
              "params": "acknowledged"
            },
            "rememberAnswer",
            "noteApproval",
            "closeRequest"
          ]
        },
        "PERMISSION_WITHDRAWN": {
          "guard": "isOpenRequest",
          "actions": "closeRequest"
        }
      }
    }
  },
  "invoke": [
    {
      "id": "process",
      "src": "process"
    },
    {
      "id": "archive",
      "src": "archive"
    }
  ]
});
